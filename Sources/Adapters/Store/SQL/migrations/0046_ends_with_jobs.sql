-- Where the jobs begin that ended since a moment is read from the index alone, also of a moment long ago.
DROP INDEX task_by_end;
CREATE INDEX task_by_end ON task (ended_at) INCLUDE (job) WHERE state = 'ended';

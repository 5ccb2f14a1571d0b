-- What was changed by transactions that an earlier picture does not show, in whatever order they
-- began and were committed.
-- $1: pg_snapshot – of the earlier picture; null for none, which gives nothing
-- Returns: job, task_index: null for the job itself
SELECT DISTINCT job, task_index FROM job_change
WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)

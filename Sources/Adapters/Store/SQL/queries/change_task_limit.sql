-- Another time limit for the runs to come of one task of an array, which is locked.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – limit_seconds
-- Returns: nothing
WITH own AS (
  UPDATE task SET limit_seconds = $3 WHERE job = $1 AND task_index = $2
)
UPDATE job SET limit_changed_at = clock_timestamp() WHERE number = $1

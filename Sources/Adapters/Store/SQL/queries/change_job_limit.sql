-- Another time limit for the runs to come of a job of which a task waits. The tasks that wait are
-- locked, so that none of them is started with the old limit meanwhile.
-- $1: bigint – number
-- $2: bigint – limit_seconds
-- Returns: nothing
WITH waiting AS MATERIALIZED (
  SELECT task_index FROM task WHERE job = $1 AND state = 'waiting'
  ORDER BY task_index FOR NO KEY UPDATE
)
UPDATE job SET limit_seconds = $2, limit_changed_at = clock_timestamp()
WHERE number = $1 AND EXISTS (SELECT FROM waiting)

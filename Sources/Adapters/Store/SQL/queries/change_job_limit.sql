-- Another time limit for the runs to come of a job of which a task waits.
-- $1: bigint – number
-- $2: bigint – limit_seconds
-- Returns: nothing
UPDATE job SET limit_seconds = $2, limit_changed_at = clock_timestamp()
WHERE number = $1 AND EXISTS (SELECT FROM task WHERE job = $1 AND state = 'waiting')

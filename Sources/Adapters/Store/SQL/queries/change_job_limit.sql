-- Another time limit for the runs to come of a job, whose tasks are locked, so that none of them is
-- started with the old one meanwhile. What some of them had of their own is void.
-- $1: bigint – number
-- $2: bigint – limit_seconds
-- Returns: nothing
WITH own AS (
  UPDATE task SET limit_seconds = NULL WHERE job = $1 AND limit_seconds IS NOT NULL
)
UPDATE job SET limit_seconds = $2, limit_changed_at = clock_timestamp() WHERE number = $1

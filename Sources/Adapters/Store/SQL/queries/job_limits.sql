-- The least time limits that runs of jobs must have, and when they were last given another; asked after their tasks are locked.
-- $1: bigint[] – numbers
-- Returns: number, limit_seconds, limit_changed_at
SELECT number, least(limit_seconds, least_limit_seconds) AS limit_seconds, limit_changed_at
FROM job WHERE number = ANY ($1)

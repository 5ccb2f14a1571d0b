-- The time limits of jobs, the least that their runs must have, and when they were last given another;
-- asked after their tasks are locked.
-- $1: bigint[] – numbers
-- Returns: number, limit_seconds, least_limit_seconds or null, limit_changed_at
SELECT number, limit_seconds, least_limit_seconds, limit_changed_at
FROM job WHERE number = ANY ($1)

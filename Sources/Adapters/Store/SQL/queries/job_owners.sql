-- Whose jobs are.
-- $1: bigint[] – numbers
-- Returns: number, member, project
SELECT number, member, project FROM job WHERE number = ANY ($1)

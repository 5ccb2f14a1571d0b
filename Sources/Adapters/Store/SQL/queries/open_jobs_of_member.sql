-- Jobs of a member that have not ended, at most ten.
-- $1: text – member
-- Returns: number
SELECT number FROM job
WHERE member = $1 AND number IN (SELECT job FROM task WHERE state <> 'ended')
ORDER BY number LIMIT 10

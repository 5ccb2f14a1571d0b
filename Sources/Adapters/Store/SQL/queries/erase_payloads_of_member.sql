-- Erases scripts, environments, paths and comments of a member's jobs.
-- $1: text – member
-- Returns: nothing
DELETE FROM job_payload WHERE job IN (SELECT number FROM job WHERE member = $1)

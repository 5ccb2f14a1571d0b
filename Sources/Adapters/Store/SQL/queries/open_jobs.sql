-- Jobs with a task that has not ended, and the jobs that those depend on.
-- Returns: number
WITH waits AS (SELECT DISTINCT job FROM task WHERE state <> 'ended')
SELECT job AS number FROM waits
UNION
SELECT number FROM job WHERE number IN (
  SELECT on_job FROM job_dependency JOIN waits ON waits.job = job_dependency.job)

-- Jobs with a task that has not ended, and the jobs that those depend on. By an array, so that they
-- are looked up one by one among all that have ended.
-- Returns: number
WITH waits AS MATERIALIZED (SELECT DISTINCT job FROM task WHERE state <> 'ended')
SELECT number FROM job
WHERE number = ANY (ARRAY(
  SELECT job FROM waits
  UNION SELECT on_job FROM job_dependency JOIN waits ON waits.job = job_dependency.job))

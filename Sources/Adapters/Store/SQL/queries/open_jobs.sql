-- Jobs with a task that has not ended, and the jobs that those depend on.
-- Returns: number, version: another one after every change of the row
WITH waits AS MATERIALIZED (SELECT DISTINCT job FROM task WHERE state <> 'ended')
SELECT number, job.xmin::text::bigint AS version FROM job JOIN waits ON waits.job = number
UNION
SELECT number, job.xmin::text::bigint AS version FROM job WHERE number IN (
  SELECT on_job FROM job_dependency JOIN waits ON waits.job = job_dependency.job)

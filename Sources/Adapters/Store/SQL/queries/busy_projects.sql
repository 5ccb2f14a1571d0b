-- Projects with a task that has not ended.
-- Returns: project
SELECT DISTINCT project FROM job JOIN task ON task.job = job.number WHERE state <> 'ended'

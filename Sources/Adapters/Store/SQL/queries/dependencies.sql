-- The conditions of jobs on others.
-- $1: bigint[] – numbers of jobs
-- Returns: job, condition, on_job, on_task_index, delay_seconds, in the order given by their members
SELECT job, condition, on_job, on_task_index, delay_seconds
FROM job_dependency WHERE job = ANY ($1) ORDER BY job, position

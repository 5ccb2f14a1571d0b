-- When the tasks of jobs ended that have.
-- $1: bigint[] – numbers of jobs
-- Returns: job, task_index, ended_at
SELECT job, task_index, ended_at FROM task
WHERE job = ANY ($1) AND state = 'ended' ORDER BY job, task_index

-- The tasks of jobs.
-- $1: bigint[] – numbers of jobs
-- Returns: job, task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
-- outcome, cause, began_at
SELECT job, task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds, outcome,
  cause, began_at
FROM task WHERE job = ANY ($1) ORDER BY job, task_index

-- Some tasks.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- Returns: job, task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
-- outcome, cause, began_at
SELECT task.job, task.task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
  outcome, cause, began_at
FROM unnest($1::bigint[], $2::bigint[]) AS given (job, task_index)
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up.
  SELECT job, task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
    outcome, cause, began_at
  FROM task WHERE task.job = given.job AND task.task_index = given.task_index LIMIT 1
) AS task

-- Keeps tasks as they are until the transaction ends.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- Returns: job, task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
-- outcome, cause, began_at, cancel_requested
SELECT task.job, task.task_index, state, attempts, generation, rebound_slurm_job_id, limit_seconds,
  outcome, cause, began_at, cancel_requested_at IS NOT NULL AS cancel_requested
FROM task
JOIN (SELECT DISTINCT job, task_index
  FROM unnest($1::bigint[], $2::bigint[]) AS given (job, task_index)) AS wanted
  USING (job, task_index)
ORDER BY task.job, task.task_index FOR NO KEY UPDATE OF task

-- What the bridge still has to do, in the order written.
-- Returns: kind, job, task_index, attempt, signal, limit_seconds, slurm_job_id: the task's at this
-- moment, or null
SELECT kind, directive.job, directive.task_index, attempt, signal, directive.limit_seconds,
  CASE generation WHEN 1 THEN job.slurm_job_id ELSE rebound_slurm_job_id END AS slurm_job_id
FROM directive
JOIN job ON job.number = directive.job
JOIN task ON task.job = directive.job AND task.task_index = directive.task_index
WHERE finished_at IS NULL ORDER BY seq

-- The jobs of some ids, Polder's and Slurm's (of a job, an array, or a task's run), in order of their
-- numbers, part by part.
-- $1: bigint[] – numbers of jobs
-- $2: bigint[] – Slurm's ids
-- $3: timestamptz – submitted before, or null
-- $4: text[] – projects, or null for all
-- $5: text[] – members, or null for all
-- $6: text[] – names, or null for all
-- $7: bigint – only those with a greater number
-- $8: bigint – at most so many
-- Returns: number
WITH listed AS MATERIALIZED (
  SELECT number FROM job WHERE number = ANY ($1)
  UNION
  SELECT number FROM job WHERE slurm_job_id = ANY ($2)
  UNION
  SELECT job FROM run WHERE slurm_job_id = ANY ($2)
  UNION
  SELECT job FROM task WHERE state <> 'ended' AND rebound_slurm_job_id = ANY ($2))
SELECT number FROM listed JOIN job USING (number)
WHERE ($3::timestamptz IS NULL OR submitted_at < $3)
  AND ($4::text[] IS NULL OR project = ANY ($4))
  AND ($5::text[] IS NULL OR member = ANY ($5))
  AND ($6::text[] IS NULL OR name = ANY ($6))
  AND number > $7
ORDER BY number LIMIT $8

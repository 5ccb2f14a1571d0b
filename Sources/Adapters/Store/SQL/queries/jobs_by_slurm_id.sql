-- The jobs that were given to Slurm, or of which a task was, under some ids of Slurm's. It can give an
-- id again.
-- $1: bigint[] – Slurm's ids
-- Returns: number
SELECT number FROM job WHERE slurm_job_id = ANY ($1)
UNION
SELECT job FROM task WHERE rebound_slurm_job_id = ANY ($1)
ORDER BY number

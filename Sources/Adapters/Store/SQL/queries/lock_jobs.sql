-- Keeps the bindings of jobs as they are until the transaction ends.
-- $1: bigint[] – numbers
-- Returns: number, origin, slurm_job_id
SELECT number, origin, slurm_job_id FROM job WHERE number = ANY ($1)
ORDER BY number FOR NO KEY UPDATE

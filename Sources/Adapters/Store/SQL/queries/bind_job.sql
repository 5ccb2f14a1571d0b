-- Says which Slurm job a job is.
-- $1: bigint – number
-- $2: bigint – slurm_job_id
-- Returns: nothing
UPDATE job SET slurm_job_id = $2 WHERE number = $1

-- Says which Slurm job the present generation of a task is.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – slurm_job_id
-- Returns: nothing
UPDATE task SET rebound_slurm_job_id = $3 WHERE job = $1 AND task_index = $2

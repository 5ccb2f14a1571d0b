-- Slurm runs it.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: timestamptz – started_at
-- $5: bigint – weight_thousandths
-- $6: bigint – slurm_job_id
-- $7: text[] – devices
-- Returns: nothing
UPDATE run SET state = 'running', started_at = $4, weight_thousandths = $5, slurm_job_id = $6,
  devices = $7
WHERE job = $1 AND task_index = $2 AND attempt = $3
  AND committed_at = (
    SELECT committed_at FROM open_run WHERE job = $1 AND task_index = $2 AND attempt = $3)

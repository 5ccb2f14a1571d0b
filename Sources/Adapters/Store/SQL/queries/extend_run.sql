-- The hold of a run under way reaches further; Slurm's limit is the one that it covers.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: bigint – added to hold_gpu_ms
-- $5: bigint – reach_seconds
-- Returns: nothing
UPDATE run SET hold_gpu_ms = hold_gpu_ms + $4, reach_seconds = $5, told_limit_seconds = NULL
WHERE job = $1 AND task_index = $2 AND attempt = $3
  AND committed_at = (
    SELECT committed_at FROM open_run WHERE job = $1 AND task_index = $2 AND attempt = $3)

-- A run that is under way.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- Returns: job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
-- memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
-- committed_at, started_at
SELECT job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at
FROM run
WHERE job = $1 AND task_index = $2 AND attempt = $3
  AND committed_at = (
    SELECT committed_at FROM open_run WHERE job = $1 AND task_index = $2 AND attempt = $3)

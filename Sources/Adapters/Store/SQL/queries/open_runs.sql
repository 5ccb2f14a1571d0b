-- The runs that occupy nodes.
-- Returns: job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
-- memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
-- committed_at, started_at
SELECT job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at
FROM run WHERE state IN ('starting', 'running')

-- The runs that occupy nodes.
-- Returns: job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
-- memory_mib_per_node, gpu_thousandths_per_node,
-- weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
-- committed_at, started_at, signalled, told_limit_seconds, end_cause,
-- evicted_at, partition
SELECT run.job, run.task_index, run.attempt, run.allocation, nodes, gpus_per_node,
  cpus_per_node, memory_mib_per_node, gpu_thousandths_per_node,
  weight_thousandths, rate_version, run.hold_gpu_ms,
  reach_seconds, state, run.committed_at, started_at, signalled, told_limit_seconds, end_cause,
  evicted_at, partition
FROM open_run
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up in its month.
  SELECT job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
    memory_mib_per_node, gpu_thousandths_per_node,
    weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
    committed_at, started_at, signalled, told_limit_seconds, end_cause, evicted_at, partition
  FROM run
  WHERE run.job = open_run.job AND run.task_index = open_run.task_index
    AND run.attempt = open_run.attempt AND run.committed_at = open_run.committed_at
  LIMIT 1
) AS run

-- The runs that occupy nodes of some tasks.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
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
FROM unnest($1::bigint[], $2::bigint[]) AS given (job, task_index)
CROSS JOIN LATERAL (
  SELECT job, task_index, attempt, committed_at FROM open_run
  WHERE open_run.job = given.job AND open_run.task_index = given.task_index LIMIT 1
) AS open
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up in its month.
  SELECT job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
    memory_mib_per_node, gpu_thousandths_per_node,
    weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
    committed_at, started_at, signalled, told_limit_seconds, end_cause, evicted_at, partition
  FROM run
  WHERE run.job = open.job AND run.task_index = open.task_index
    AND run.attempt = open.attempt AND run.committed_at = open.committed_at
  LIMIT 1
) AS run

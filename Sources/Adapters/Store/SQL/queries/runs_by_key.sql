-- Those of some runs that are under way.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- $3: bigint[] – attempt
-- Returns: job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
-- memory_mib_per_node, gpu_thousandths_per_node,
-- weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
-- committed_at, started_at, signalled, told_limit_seconds, end_cause,
-- evicted_at, partition
SELECT job, task_index, attempt, run.allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, gpu_thousandths_per_node,
  weight_thousandths, rate_version, run.hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, signalled, told_limit_seconds, end_cause,
  evicted_at, partition
FROM (SELECT DISTINCT job, task_index, attempt
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS given (job, task_index, attempt))
  AS wanted
JOIN open_run USING (job, task_index, attempt)
JOIN run USING (job, task_index, attempt, committed_at)

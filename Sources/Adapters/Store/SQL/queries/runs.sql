-- The runs of jobs, with their ends and their money.
-- $1: bigint[] – numbers of jobs
-- Returns: job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
-- memory_mib_per_node, gpu_thousandths_per_node,
-- weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
-- committed_at, started_at, signalled, told_limit_seconds, end_cause,
-- evicted_at, partition,
-- ended_at, outcome, exit_code, signal, used_gpu_ms, past_end_gpu_ms, refund_reason, requeued,
-- slurm_job_id, devices, allocated, charged_gpu_ms, refunded_gpu_ms
SELECT job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, gpu_thousandths_per_node,
  weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, signalled, told_limit_seconds, end_cause,
  evicted_at, partition,
  ended_at, outcome, exit_code, signal, used_gpu_ms, past_end_gpu_ms, refund_reason, requeued,
  slurm_job_id, devices, allocated, coalesce(charged_gpu_ms, 0) AS charged_gpu_ms,
  coalesce(refunded_gpu_ms, 0) AS refunded_gpu_ms
FROM run
LEFT JOIN LATERAL (
  SELECT sum(amount_gpu_ms) FILTER (WHERE kind IN ('charge', 'debit'))::bigint AS charged_gpu_ms,
    sum(amount_gpu_ms) FILTER (WHERE kind IN ('refund', 'credit'))::bigint AS refunded_gpu_ms
  FROM ledger_entry AS entry
  WHERE (entry.job, entry.task_index, entry.attempt, entry.booked_at)
      = (run.job, run.task_index, run.attempt, run.committed_at)
    AND kind IN ('charge', 'debit', 'refund', 'credit')
) AS money ON true
WHERE run.job = ANY ($1) ORDER BY job, task_index, attempt

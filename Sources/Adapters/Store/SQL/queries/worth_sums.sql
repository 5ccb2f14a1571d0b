-- What was delivered in a period, by the version of the rate card that priced it.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, partition, rate_version, delivered_gpu_ms, in the order of the first three
SELECT entry.allocation, coalesce(run.partition, job.partition) AS partition, rate_version,
  sum(day_delivered(kind, entry.job, amount_gpu_ms))::bigint AS delivered_gpu_ms
FROM ledger_entry AS entry
JOIN run ON run.job = entry.job AND run.task_index = entry.task_index
  AND run.attempt = entry.attempt AND run.committed_at = entry.booked_at
JOIN job ON job.number = entry.job
WHERE effective_at >= $1 AND effective_at < $2
  AND kind IN ('charge', 'refund', 'credit', 'debit')
GROUP BY entry.allocation, coalesce(run.partition, job.partition), rate_version
ORDER BY entry.allocation, partition, rate_version

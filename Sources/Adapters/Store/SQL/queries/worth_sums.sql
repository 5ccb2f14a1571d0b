-- What was delivered in a period, by the version of the rate card that priced it: days as they are kept,
-- less the entries of the days at both ends that lie outside the period.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, partition, rate_version, delivered_gpu_ms, in the order of the first three
WITH bounds AS (
  SELECT date_trunc('day', $1::timestamptz, 'UTC') AS day_from,
    date_trunc('day', $2::timestamptz + interval '1 day' - interval '1 microsecond', 'UTC')
      AS day_to),
kept AS (
  SELECT allocation, partition, rate_version, sum(delivered_gpu_ms) AS delivered FROM rated_day
  WHERE day >= (SELECT (day_from AT TIME ZONE 'UTC')::date FROM bounds)
    AND day < (SELECT (day_to AT TIME ZONE 'UTC')::date FROM bounds)
  GROUP BY 1, 2, 3),
outside AS (
  SELECT allocation, partition, rate_version, sum(day_delivered(kind, job, amount_gpu_ms)) AS delivered
  FROM ledger_entry AS entry
  CROSS JOIN LATERAL (
    -- LIMIT keeps the planner from another way than to look each up in its month.
    SELECT rate_version,
      coalesce(run.partition, (SELECT job.partition FROM job WHERE number = run.job)) AS partition
    FROM run
    WHERE run.job = entry.job AND run.task_index = entry.task_index
      AND run.attempt = entry.attempt AND run.committed_at = entry.booked_at
    LIMIT 1) AS rated
  WHERE kind IN ('charge', 'refund', 'credit', 'debit') AND job IS NOT NULL
    AND (effective_at >= (SELECT day_from FROM bounds) AND effective_at < $1
      OR effective_at >= $2 AND effective_at < (SELECT day_to FROM bounds))
  GROUP BY 1, 2, 3)
SELECT allocation, partition, rate_version,
  (kept.delivered - coalesce(outside.delivered, 0))::bigint AS delivered_gpu_ms
FROM kept LEFT JOIN outside USING (allocation, partition, rate_version)
WHERE outside.delivered IS NULL OR kept.delivered <> outside.delivered
ORDER BY allocation, partition, rate_version

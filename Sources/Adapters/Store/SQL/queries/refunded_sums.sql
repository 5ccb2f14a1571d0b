-- What was given back to allocations in a period: whole days as they are kept, and the entries of the parts
-- of days at both ends.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, refunded_gpu_ms
WITH bounds AS (
  SELECT date_trunc('day', $1::timestamptz + interval '1 day' - interval '1 microsecond', 'UTC')
      AS whole_from,
    date_trunc('day', $2::timestamptz, 'UTC') AS whole_to)
SELECT allocation, sum(refunded)::bigint AS refunded_gpu_ms
FROM (
  SELECT allocation, refunded_gpu_ms FROM allocation_day
  WHERE refunded_gpu_ms > 0
    AND day >= (SELECT (whole_from AT TIME ZONE 'UTC')::date FROM bounds)
    AND day < (SELECT (whole_to AT TIME ZONE 'UTC')::date FROM bounds)
  UNION ALL
  SELECT allocation, amount_gpu_ms FROM ledger_entry
  WHERE kind IN ('refund', 'credit') AND effective_at >= $1 AND effective_at < $2
    AND (effective_at >= (SELECT whole_to FROM bounds)
      OR effective_at < (SELECT whole_from FROM bounds))
) AS parts (allocation, refunded)
GROUP BY allocation ORDER BY allocation

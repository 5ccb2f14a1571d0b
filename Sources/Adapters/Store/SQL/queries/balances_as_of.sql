-- Balances of allocations as of a moment in either sense of time: whole days as they are kept, and the
-- entries of the days that are cut.
-- $1: text[] – allocations
-- $2: timestamptz – effective before, or null
-- $3: timestamptz – recorded before, or null
-- Returns: allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms,
-- charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms
WITH cut AS (
  SELECT date_trunc('day', $2::timestamptz, 'UTC') AS effective,
    date_trunc('day', $3::timestamptz, 'UTC') AS recorded),
behind AS (
  SELECT allocation, kind, amount_gpu_ms FROM ledger_entry
  WHERE effective_at >= (SELECT effective FROM cut) AND effective_at < $2
    AND ($3 IS NULL OR recorded_at < $3)
  UNION ALL
  SELECT allocation, kind, amount_gpu_ms FROM ledger_entry
  WHERE recorded_at >= (SELECT recorded FROM cut) AND recorded_at < $3
    AND ($2 IS NULL OR effective_at < (SELECT effective FROM cut))),
moved AS (
  SELECT allocation, granted_gpu_ms AS granted, transferred_in_gpu_ms AS transferred_in,
    transferred_out_gpu_ms AS transferred_out, charged_gpu_ms AS charged,
    refunded_gpu_ms AS refunded, expired_gpu_ms AS expired, held_gpu_ms AS held,
    deferred_gpu_ms AS deferred, overrun_gpu_ms AS overrun
  FROM allocation_day
  WHERE allocation = ANY ($1) AND ($2 IS NULL OR day < ($2 AT TIME ZONE 'UTC')::date)
    AND ($3 IS NULL OR recorded_on < ($3 AT TIME ZONE 'UTC')::date)
  UNION ALL
  SELECT allocation, granted, transferred_in, transferred_out, charged, refunded, expired, held,
    deferred, overrun
  FROM behind CROSS JOIN LATERAL moves_of(kind, amount_gpu_ms)
  WHERE allocation = ANY ($1))
SELECT allocation, sum(granted)::bigint AS granted_gpu_ms,
  sum(transferred_in)::bigint AS transferred_in_gpu_ms,
  sum(transferred_out)::bigint AS transferred_out_gpu_ms, sum(charged)::bigint AS charged_gpu_ms,
  sum(refunded)::bigint AS refunded_gpu_ms, sum(expired)::bigint AS expired_gpu_ms,
  sum(held)::bigint AS held_gpu_ms, sum(deferred)::bigint AS deferred_gpu_ms,
  sum(overrun)::bigint AS overrun_gpu_ms
FROM moved GROUP BY allocation

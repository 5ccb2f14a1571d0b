-- What moved in allocations on each day, but for holds and what was deferred: enough for a pace.
-- $1: text[] – allocations
-- Returns: allocation, kind, day, amount_gpu_ms, in the order of the first three
SELECT allocation, kind, date_trunc('day', effective_at, 'UTC') AS day,
  sum(amount_gpu_ms)::bigint AS amount_gpu_ms
FROM ledger_entry
WHERE allocation = ANY ($1)
  AND kind NOT IN ('hold', 'release', 'overrun', 'deferral', 'instalment')
GROUP BY allocation, kind, day ORDER BY allocation, kind, day

-- What moved in allocations, but for holds and what was deferred: enough for a pace. Awards and what was
-- taken over moment by moment, the rest by day (UTC), each day cut where a window begins or ends and
-- at two moments, so that every sum lies on one side of each.
-- $1: text[] – allocations
-- $2: timestamptz – the first moment
-- $3: timestamptz – the second moment
-- Returns: allocation, kind, is_of_no_run, first_at (of what is summed), amount_gpu_ms, recorded_at (of
-- the last), in the order of allocation, kind, first_at and is_of_no_run
SELECT entry.allocation, entry.kind, entry.job IS NULL AS is_of_no_run,
  min(entry.effective_at) AS first_at, sum(entry.amount_gpu_ms)::bigint AS amount_gpu_ms,
  max(entry.recorded_at) AS recorded_at
FROM ledger_entry AS entry JOIN allocation ON allocation.id = entry.allocation
WHERE entry.allocation = ANY ($1)
  AND entry.kind NOT IN ('hold', 'release', 'overrun', 'deferral', 'instalment')
GROUP BY entry.allocation, entry.kind, entry.job IS NULL,
  CASE WHEN entry.kind IN ('grant', 'transfer-in', 'opening') THEN entry.effective_at
    ELSE date_trunc('day', entry.effective_at, 'UTC') END,
  entry.effective_at >= allocation.window_from, entry.effective_at >= allocation.window_to,
  entry.effective_at >= $2, entry.effective_at >= $3
ORDER BY entry.allocation, entry.kind, first_at, is_of_no_run

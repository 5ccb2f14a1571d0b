-- The entries between two places in the order of posting, in that order.
-- $1: bigint – seq after which it begins
-- $2: bigint – seq with which it ends
-- $3: timestamptz – effective at or after, or null
-- $4: timestamptz – effective before, or null
-- $5: timestamptz – recorded before, or null
-- $6: bigint – at most so many
-- $7: text[] – of these allocations, or null for all
-- Returns: seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
-- corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
SELECT seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  requested_by, approved_by, belated_month, effective_at, recorded_at
FROM ledger_entry
WHERE seq > $1 AND seq <= $2
  AND ($3::timestamptz IS NULL OR effective_at >= $3)
  AND ($4::timestamptz IS NULL OR effective_at < $4)
  AND ($5::timestamptz IS NULL OR recorded_at < $5)
  AND ($7::text[] IS NULL OR allocation = ANY ($7))
ORDER BY seq LIMIT $6

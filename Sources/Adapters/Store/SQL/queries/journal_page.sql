-- The next entries of projects by the second that they are effective in, then in order of posting.
-- $1: text[] – projects
-- $2: timestamptz – effective at or after
-- $3: bigint – of those that are effective in the second of $2, only those with a larger seq
-- $4: timestamptz – effective before
-- $5: bigint – at most so many
-- Returns: seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
-- corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
SELECT entry.seq, entry.id, kind, entry.allocation, amount_gpu_ms, job, task_index, attempt, part,
  reason, corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
FROM ledger_entry AS entry JOIN allocation ON allocation.id = entry.allocation
WHERE allocation.project = ANY ($1) AND effective_at >= $2 AND effective_at < $4
  AND (date_trunc('second', effective_at) > $2 OR entry.seq > $3)
ORDER BY date_trunc('second', effective_at), entry.seq LIMIT $5

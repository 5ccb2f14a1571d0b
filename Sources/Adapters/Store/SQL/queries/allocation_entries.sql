-- A page of the entries of some allocations, in order of posting.
-- $1: text – project, or null for any
-- $2: text – allocation, or null for any
-- $3: bigint – seq after which the page begins
-- $4: timestamptz – effective at or after, or null
-- $5: timestamptz – effective before, or null
-- $6: timestamptz – recorded before, or null
-- $7: bigint – at most so many
-- Returns: seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
-- corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
SELECT entry.seq, entry.id, kind, entry.allocation, amount_gpu_ms, job, task_index, attempt,
  part, reason, corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
FROM allocation
CROSS JOIN LATERAL (
  SELECT seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
    corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
  FROM ledger_entry
  WHERE allocation = allocation.id AND seq > $3
    AND ($4::timestamptz IS NULL OR effective_at >= $4)
    AND ($5::timestamptz IS NULL OR effective_at < $5)
    AND ($6::timestamptz IS NULL OR recorded_at < $6)
  ORDER BY seq LIMIT $7
) AS entry
WHERE ($1::text IS NULL OR allocation.project = $1) AND ($2::text IS NULL OR allocation.id = $2)
ORDER BY entry.seq LIMIT $7

-- Entries of a project's allocations: the latest before one of them, at most so many, in the order
-- of posting.
-- $1: text – project
-- $2: bigint – seq, or null for the latest of all
-- $3: bigint – at most so many
-- Returns: seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
-- corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
SELECT seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  requested_by, approved_by, belated_month, effective_at, recorded_at
FROM (
  SELECT entry.seq, entry.id, kind, entry.allocation, amount_gpu_ms, job, task_index, attempt,
    part, reason, corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
  FROM allocation
  CROSS JOIN LATERAL (
    SELECT seq, id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
      corrects, requested_by, approved_by, belated_month, effective_at, recorded_at
    FROM ledger_entry
    WHERE allocation = allocation.id AND seq < coalesce($2, 9223372036854775807)
    ORDER BY seq DESC LIMIT $3
  ) AS entry
  WHERE allocation.project = $1 ORDER BY entry.seq DESC LIMIT $3
) AS page
ORDER BY seq

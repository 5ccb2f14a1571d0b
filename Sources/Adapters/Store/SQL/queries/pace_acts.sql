-- Awards of allocations, what was taken over in them, and what corrects it.
-- $1: text[] – allocations
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
-- requested_by, approved_by, belated_month, effective_at, recorded_at, in order of posting
SELECT id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  requested_by, approved_by, belated_month, effective_at, recorded_at
FROM ledger_act AS act
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up in its month.
  SELECT seq, amount_gpu_ms, job, task_index, attempt, part, reason, corrects, requested_by,
    approved_by, belated_month, effective_at, recorded_at
  FROM ledger_entry AS entry
  WHERE entry.id = act.id AND entry.booked_at = act.booked_at LIMIT 1
) AS posted
WHERE allocation = ANY ($1) AND job IS NULL
  AND kind IN ('grant', 'withdrawal', 'opening', 'transfer-in', 'transfer-out', 'credit', 'debit')
ORDER BY seq

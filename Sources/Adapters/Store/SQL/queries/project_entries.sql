-- The entries of a project's allocations, in the order of posting.
-- $1: text – project
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
-- effective_at, recorded_at
SELECT entry.id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at
FROM ledger_entry AS entry JOIN allocation ON allocation.id = entry.allocation
WHERE allocation.project = $1 ORDER BY seq

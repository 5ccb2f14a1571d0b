-- One entry of the ledger.
-- $1: text – id
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
-- effective_at, recorded_at
SELECT id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at
FROM ledger_entry WHERE id = $1

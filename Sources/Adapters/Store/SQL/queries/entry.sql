-- One entry of the ledger.
-- $1: text – id
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
-- requested_by, approved_by, belated_month, effective_at, recorded_at, booked_at
SELECT id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  requested_by, approved_by, belated_month, effective_at, recorded_at, booked_at
FROM ledger_entry WHERE id = $1

-- One entry of the ledger that is about no run.
-- $1: text – id
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
-- effective_at, recorded_at
SELECT id, ledger_entry.kind, ledger_entry.allocation, amount_gpu_ms, job, task_index, attempt,
  part, reason, corrects, effective_at, recorded_at
FROM ledger_act JOIN ledger_entry USING (id, booked_at) WHERE id = $1

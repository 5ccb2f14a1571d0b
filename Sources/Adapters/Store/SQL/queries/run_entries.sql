-- The entries about one run, in order of posting.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: timestamptz – committed_at
-- Returns: id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
-- requested_by, approved_by, belated_month, effective_at, recorded_at
SELECT id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  requested_by, approved_by, belated_month, effective_at, recorded_at
FROM ledger_entry
WHERE job = $1 AND task_index = $2 AND attempt = $3 AND booked_at = $4 ORDER BY seq

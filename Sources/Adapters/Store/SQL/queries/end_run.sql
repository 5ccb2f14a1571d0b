-- A run under way is over, or was never started.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: text – state: ended or returned
-- $5: timestamptz – started_at, or null to leave it
-- $6: timestamptz – ended_at
-- $7: text – outcome
-- $8: bigint – exit_code
-- $9: bigint – signal
-- $10: bigint – used_gpu_ms
-- $11: text – refund_reason, or null
-- $12: bool – requeued
-- $13: bigint – past_end_gpu_ms
-- Returns: nothing
UPDATE run SET state = $4, started_at = coalesce($5, started_at), ended_at = $6, outcome = $7,
  exit_code = $8, signal = $9, used_gpu_ms = $10, refund_reason = $11, requeued = $12,
  past_end_gpu_ms = $13
WHERE job = $1 AND task_index = $2 AND attempt = $3
  AND committed_at = (
    SELECT committed_at FROM open_run WHERE job = $1 AND task_index = $2 AND attempt = $3)

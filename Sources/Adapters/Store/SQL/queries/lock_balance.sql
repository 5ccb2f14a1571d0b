-- The balance of one allocation, kept as it is until the transaction ends.
-- $1: text – allocation
-- Returns: granted_gpu_ms, charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms,
-- overrun_gpu_ms; no row before the first grant
SELECT granted_gpu_ms, charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms,
  overrun_gpu_ms
FROM allocation_balance WHERE allocation = $1 FOR UPDATE

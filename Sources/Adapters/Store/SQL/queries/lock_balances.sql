-- The balances of several allocations, kept as they are until the transaction ends. Locked by id.
-- $1: text[] – allocations
-- Returns: allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms,
-- charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms,
-- taken_at: when what was taken last otherwise than by a start is effective, null for never
SELECT allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms, charged_gpu_ms,
  refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms,
  taken_at
FROM allocation_balance WHERE allocation = ANY ($1) ORDER BY allocation FOR UPDATE

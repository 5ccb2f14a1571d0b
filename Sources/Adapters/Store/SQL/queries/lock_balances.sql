-- The balances of allocations, kept as they are until the transaction ends.
-- $1: text[] – allocations
-- Returns: allocation, granted_gpu_ms, charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms,
-- held_gpu_ms, overrun_gpu_ms; no row before the first grant
SELECT allocation, granted_gpu_ms, charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms,
  overrun_gpu_ms
FROM allocation_balance WHERE allocation = ANY ($1) ORDER BY allocation FOR UPDATE

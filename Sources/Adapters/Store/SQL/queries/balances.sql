-- The balance of every allocation that has accounts.
-- Returns: allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms,
-- charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms
SELECT allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms, charged_gpu_ms,
  refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms
FROM allocation_balance

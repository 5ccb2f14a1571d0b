-- Allocations that are below zero, or hold another amount than their runs under way do. Costs what
-- is open, whatever the age of the books.
-- Returns: allocation, in order
SELECT allocation
FROM allocation_balance
FULL JOIN (
  SELECT allocation, sum(hold_gpu_ms) AS open_gpu_ms FROM open_run GROUP BY allocation
) AS open USING (allocation)
WHERE coalesce(held_gpu_ms, 0) <> coalesce(open_gpu_ms, 0)
  OR deferred_gpu_ms < 0
  OR granted_gpu_ms + transferred_in_gpu_ms - transferred_out_gpu_ms - charged_gpu_ms
    + refunded_gpu_ms - expired_gpu_ms - held_gpu_ms - deferred_gpu_ms < 0
ORDER BY allocation

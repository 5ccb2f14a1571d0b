-- Allocations whose balance does not follow from their entries, or that are below zero.
-- Returns: allocation, in order
WITH summed AS (
  SELECT allocation,
    sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms ELSE 0 END)
      AS granted,
    sum(CASE WHEN kind IN ('opening', 'charge') THEN amount_gpu_ms ELSE 0 END) AS charged,
    sum(CASE kind WHEN 'refund' THEN amount_gpu_ms ELSE 0 END) AS refunded,
    sum(CASE kind WHEN 'expiry' THEN amount_gpu_ms ELSE 0 END) AS expired,
    sum(CASE WHEN kind = 'hold' THEN amount_gpu_ms
      WHEN kind IN ('charge', 'release') THEN -amount_gpu_ms ELSE 0 END) AS held,
    sum(CASE kind WHEN 'overrun' THEN amount_gpu_ms ELSE 0 END) AS overrun
  FROM ledger_entry GROUP BY allocation)
SELECT allocation
FROM summed FULL JOIN allocation_balance AS kept USING (allocation)
WHERE (granted, charged, refunded, expired, held, overrun) IS DISTINCT FROM (
    granted_gpu_ms::numeric, charged_gpu_ms::numeric, refunded_gpu_ms::numeric,
    expired_gpu_ms::numeric, held_gpu_ms::numeric, overrun_gpu_ms::numeric)
  OR granted - charged + refunded - expired - held < 0
ORDER BY allocation

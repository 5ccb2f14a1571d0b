-- Open holds that no open run accounts for, and open runs without their hold.
-- Returns: job, task_index, attempt, in order
WITH held AS (
  SELECT job, task_index, attempt,
    sum(CASE kind WHEN 'hold' THEN amount_gpu_ms ELSE -amount_gpu_ms END) AS open_gpu_ms
  FROM ledger_entry WHERE kind IN ('hold', 'charge', 'release')
  GROUP BY job, task_index, attempt, booked_at
  HAVING sum(CASE kind WHEN 'hold' THEN amount_gpu_ms ELSE -amount_gpu_ms END) <> 0
), wanted AS (
  SELECT job, task_index, attempt, hold_gpu_ms FROM open_run WHERE hold_gpu_ms > 0)
SELECT job, task_index, attempt FROM held FULL JOIN wanted USING (job, task_index, attempt)
WHERE open_gpu_ms IS DISTINCT FROM hold_gpu_ms::numeric
ORDER BY job, task_index, attempt

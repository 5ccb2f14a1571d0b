-- Balances as of a moment in either sense of time: what they are now, less the entries that are
-- effective or were recorded later.
-- $1: timestamptz – effective before, or null
-- $2: timestamptz – recorded before, or null
-- Returns: allocation, granted_gpu_ms, transferred_in_gpu_ms, transferred_out_gpu_ms,
-- charged_gpu_ms, refunded_gpu_ms, expired_gpu_ms, held_gpu_ms, deferred_gpu_ms, overrun_gpu_ms
WITH later AS (
  SELECT allocation,
    sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms ELSE 0 END)
      AS granted,
    sum(CASE kind WHEN 'transfer-in' THEN amount_gpu_ms ELSE 0 END) AS transferred_in,
    sum(CASE kind WHEN 'transfer-out' THEN amount_gpu_ms ELSE 0 END) AS transferred_out,
    sum(CASE WHEN kind IN ('opening', 'charge', 'debit') THEN amount_gpu_ms ELSE 0 END) AS charged,
    sum(CASE WHEN kind IN ('refund', 'credit') THEN amount_gpu_ms ELSE 0 END) AS refunded,
    sum(CASE kind WHEN 'expiry' THEN amount_gpu_ms ELSE 0 END) AS expired,
    sum(CASE WHEN kind = 'hold' THEN amount_gpu_ms
      WHEN kind IN ('charge', 'release') THEN -amount_gpu_ms ELSE 0 END) AS held,
    sum(CASE kind WHEN 'deferral' THEN amount_gpu_ms WHEN 'instalment' THEN -amount_gpu_ms
      ELSE 0 END) AS deferred,
    sum(CASE kind WHEN 'overrun' THEN amount_gpu_ms ELSE 0 END) AS overrun
  FROM ledger_entry WHERE effective_at >= $1 OR recorded_at >= $2 GROUP BY allocation)
SELECT allocation, (granted_gpu_ms - coalesce(granted, 0))::bigint AS granted_gpu_ms,
  (transferred_in_gpu_ms - coalesce(transferred_in, 0))::bigint AS transferred_in_gpu_ms,
  (transferred_out_gpu_ms - coalesce(transferred_out, 0))::bigint AS transferred_out_gpu_ms,
  (charged_gpu_ms - coalesce(charged, 0))::bigint AS charged_gpu_ms,
  (refunded_gpu_ms - coalesce(refunded, 0))::bigint AS refunded_gpu_ms,
  (expired_gpu_ms - coalesce(expired, 0))::bigint AS expired_gpu_ms,
  (held_gpu_ms - coalesce(held, 0))::bigint AS held_gpu_ms,
  (deferred_gpu_ms - coalesce(deferred, 0))::bigint AS deferred_gpu_ms,
  (overrun_gpu_ms - coalesce(overrun, 0))::bigint AS overrun_gpu_ms
FROM allocation_balance LEFT JOIN later USING (allocation)

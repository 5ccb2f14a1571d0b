-- Sums of the ledger for an access-time report.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, delivered_gpu_ms, used_gpu_ms, granted_gpu_ms; null where there is no entry
SELECT allocation,
  sum(CASE kind WHEN 'charge' THEN amount_gpu_ms WHEN 'refund' THEN -amount_gpu_ms END)
    FILTER (WHERE effective_at >= $1)::bigint AS delivered_gpu_ms,
  sum(CASE WHEN kind IN ('charge', 'opening') THEN amount_gpu_ms
    WHEN kind = 'refund' THEN -amount_gpu_ms END)::bigint AS used_gpu_ms,
  sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms END)::bigint
    AS granted_gpu_ms
FROM ledger_entry WHERE effective_at < $2 GROUP BY allocation

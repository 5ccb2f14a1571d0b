-- Sums of the ledger for an access-time report. What was used and granted until a moment is what
-- the balance says now, less the entries that are effective later: no month before is read.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, delivered_gpu_ms, used_gpu_ms, granted_gpu_ms; null where nothing was
WITH entries AS (
  SELECT allocation,
    sum(CASE WHEN kind IN ('charge', 'debit') THEN amount_gpu_ms
      WHEN kind IN ('refund', 'credit') THEN -amount_gpu_ms END)
      -- A correction of an opening corrects what was used before, and delivers nothing.
      FILTER (WHERE effective_at < $2 AND job IS NOT NULL) AS delivered,
    sum(CASE WHEN kind IN ('charge', 'opening', 'debit') THEN amount_gpu_ms
      WHEN kind IN ('refund', 'credit') THEN -amount_gpu_ms END)
      FILTER (WHERE effective_at >= $2) AS used_later,
    sum(CASE WHEN kind IN ('grant', 'transfer-in') THEN amount_gpu_ms
      WHEN kind IN ('withdrawal', 'transfer-out') THEN -amount_gpu_ms END)
      FILTER (WHERE effective_at >= $2) AS granted_later
  FROM ledger_entry WHERE effective_at >= least($1, $2)
  GROUP BY allocation)
SELECT allocation, delivered::bigint AS delivered_gpu_ms,
  nullif(charged_gpu_ms - refunded_gpu_ms - coalesce(used_later, 0), 0)::bigint AS used_gpu_ms,
  nullif(granted_gpu_ms + transferred_in_gpu_ms - transferred_out_gpu_ms
    - coalesce(granted_later, 0), 0)::bigint AS granted_gpu_ms
FROM allocation_balance LEFT JOIN entries USING (allocation)

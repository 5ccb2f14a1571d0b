-- What an entry was corrected by.
-- $1: text – id
-- Returns: amount_gpu_ms: to be added to its own
SELECT coalesce(sum(CASE kind WHEN 'debit' THEN amount_gpu_ms ELSE -amount_gpu_ms END), 0)::bigint
  AS amount_gpu_ms
FROM ledger_entry WHERE corrects = $1

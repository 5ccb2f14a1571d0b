-- Of what a period tells late: an award of a month that was closed by then, or a correction of what
-- was taken over. Its condition is that of the index ledger_entry_told_late.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation
SELECT DISTINCT allocation FROM ledger_entry
WHERE effective_at >= $1 AND effective_at < $2
  AND (kind IN ('grant', 'opening') AND belated_month IS NOT NULL
    OR kind IN ('credit', 'debit') AND job IS NULL)

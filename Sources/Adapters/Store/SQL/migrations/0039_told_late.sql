-- What a month's report tells late is found without the rest of its entries: awards of months that
-- were closed, and corrections of what was taken over, which are few.
CREATE INDEX ledger_entry_told_late ON ledger_entry (effective_at)
  WHERE kind IN ('grant', 'opening') AND belated_month IS NOT NULL
    OR kind IN ('credit', 'debit') AND job IS NULL;

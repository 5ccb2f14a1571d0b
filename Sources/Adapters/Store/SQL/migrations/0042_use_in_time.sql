-- What runs used of an allocation in a part of a day is summed from this index alone: a pace cuts four
-- days at most, and knows the others from allocation_day. Holds and releases, two thirds of all
-- entries, are not in it.
CREATE INDEX ledger_entry_use ON ledger_entry (allocation, effective_at)
  INCLUDE (kind, amount_gpu_ms)
  WHERE job IS NOT NULL AND kind IN ('charge', 'refund', 'credit', 'debit', 'expiry');

-- The closed periods with their seals, in order of time.
-- Returns: month, closed_at, closed_by, entry_count, last_seq, sha256, facts_sha256: null if no facts
-- were frozen
SELECT month, closed_at, closed_by, entry_count, last_seq, sha256, facts_sha256
FROM accounting_period ORDER BY month

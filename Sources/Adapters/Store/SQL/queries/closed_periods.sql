-- The closed periods with their seals, in order of time.
-- Returns: month, closed_at, closed_by, entry_count, last_seq, sha256
SELECT month, closed_at, closed_by, entry_count, last_seq, sha256
FROM accounting_period ORDER BY month

-- Lets one starter migrate at a time; freed at the end of the transaction.
-- Returns: one row
SELECT pg_advisory_xact_lock(7020530001)

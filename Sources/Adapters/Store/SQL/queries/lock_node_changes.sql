-- Lets one writer at a time compare nodes with their last record.
-- Returns: one row
SELECT pg_advisory_xact_lock(7020530003)

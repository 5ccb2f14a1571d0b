-- Keeps the books from being closed until the transaction ends; any number may.
-- Returns: one row
SELECT pg_advisory_xact_lock_shared(7020530007)::text AS locked

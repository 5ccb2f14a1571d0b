-- Keeps all others from writing entries until the transaction ends.
-- Returns: one row
SELECT pg_advisory_xact_lock(7020530007)::text AS locked

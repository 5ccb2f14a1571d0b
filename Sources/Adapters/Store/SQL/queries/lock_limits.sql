-- Whoever starts runs under limits, or adds to what waits under them, does it alone until its
-- transaction ends; asked after all other locks.
-- Returns: nothing
SELECT pg_advisory_xact_lock(7020530008)::text AS locked

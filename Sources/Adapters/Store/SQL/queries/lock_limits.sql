-- Whoever starts runs under limits, or adds to what waits under them, does it alone until its
-- transaction ends. A start asks for it after all other locks, a submission before any.
-- Returns: nothing
SELECT pg_advisory_xact_lock(7020530008)::text AS locked

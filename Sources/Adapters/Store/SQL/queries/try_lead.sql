-- Becomes the leader for as long as the session lasts, unless another is.
-- Returns: leads
SELECT pg_try_advisory_lock(7020530002) AS leads

-- Forgets writes whose writers have long heard of them.
-- Returns: nothing
DELETE FROM receipt WHERE at < polder_now() - interval '1 hour'

-- The store's clock.
-- Returns: now
SELECT polder_now() AS now

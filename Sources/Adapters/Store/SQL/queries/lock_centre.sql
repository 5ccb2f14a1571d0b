-- Keeps others from changing the description until the transaction ends.
-- Returns: number
SELECT number FROM centre_version FOR UPDATE

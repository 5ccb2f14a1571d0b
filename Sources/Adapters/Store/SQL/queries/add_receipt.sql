-- Marks a write as made, at its first attempt; fails if it was made already.
-- $1: text – the write's random id
-- Returns: nothing
INSERT INTO receipt (id) VALUES ($1)

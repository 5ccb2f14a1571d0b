-- Marks a write as made. Waits for a lost transaction of the same receipt to end.
-- $1: text – the write's random id
-- Returns: nothing; no row was inserted if the write was made already
INSERT INTO receipt (id) VALUES ($1) ON CONFLICT (id) DO NOTHING

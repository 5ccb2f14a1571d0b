-- Keeps how far Slurm's own record was read.
-- $1: text – cursor
-- Returns: nothing
INSERT INTO record_cursor (cursor) VALUES ($1)
ON CONFLICT (is_single) DO UPDATE SET cursor = excluded.cursor

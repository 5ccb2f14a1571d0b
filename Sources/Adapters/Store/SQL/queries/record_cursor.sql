-- How far Slurm's own record was read.
-- Returns: cursor; no row before the first
SELECT cursor FROM record_cursor

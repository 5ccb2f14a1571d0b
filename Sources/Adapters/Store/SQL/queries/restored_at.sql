-- When the database was restored, if Slurm was not looked at in full since.
-- Returns: restored_at; no row in the ordinary case
SELECT restored_at FROM restoration

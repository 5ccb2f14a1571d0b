-- Slurm was looked at in full since the restore.
-- Returns: nothing
DELETE FROM restoration

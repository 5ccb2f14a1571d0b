-- Marks the database as one that a restore is filling: beside its tables, which come from the backup.
-- Returns: nothing
CREATE SCHEMA IF NOT EXISTS polder_restoring

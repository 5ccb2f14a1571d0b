-- The restore is complete.
-- Returns: nothing
DROP SCHEMA polder_restoring

-- Whether a restore began here that has not come to its end.
-- Returns: is_restoring
SELECT to_regnamespace('polder_restoring') IS NOT NULL AS is_restoring

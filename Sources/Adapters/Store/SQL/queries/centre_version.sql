-- The number of the present description.
-- Returns: number
SELECT number FROM centre_version

-- Counts a change of the description.
-- Returns: nothing
UPDATE centre_version SET number = number + 1

-- Makes the months ahead, where they are missing.
-- Returns: made: how many
SELECT make_partitions(polder_now() + interval '3 months') AS made

-- Counts numbers of readings anew, in a database that was restored: its sequence is ahead of its rows,
-- and its transactions are another server's.
-- Returns: nothing
UPDATE database_read_count SET taken = 0, beyond = 0, holders = '{}', (settled, bound) = (
  SELECT last, last FROM database_read_number, LATERAL (
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last) AS drawn)

-- Counts numbers of readings anew, in a database that was restored: its sequences are ahead of its rows,
-- and its transactions are another server's.
-- Returns: nothing
UPDATE database_reader SET taken = 0, beyond = 0, holders = '{}',
  settled = coalesce(pg_sequence_last_value(numbers), 0),
  bound = coalesce(pg_sequence_last_value(numbers), 0)

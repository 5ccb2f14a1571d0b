-- Leaves out a million job numbers: those that were given since the backup are in Slurm and in
-- people's notes, and must never mean another job.
-- Returns: next: the next number
SELECT setval(
  pg_get_serial_sequence('job', 'number'),
  (SELECT coalesce(max(number), 0) FROM job) + 1000000) AS next

-- Ends the filling of the bench's books, by psql -v jobs=… as superuser.
DROP PROCEDURE bench_fill;
DROP FUNCTION bench_at, bench_base;
SELECT setval(pg_get_serial_sequence('job', 'number'), :jobs);
VACUUM (ANALYZE, FREEZE) job, task, run, ledger_entry, allocation_balance,
  allocation_day, rated_day, borne_day, use_day;

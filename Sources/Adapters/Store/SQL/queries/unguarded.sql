-- Guards of the schema that are off: triggers that are disabled, constraints that never checked the
-- rows that were there, tables of the books without row-level security.
-- Returns: what, in order
SELECT format('trigger %s of %s is disabled', tgname, tgrelid::regclass) AS what
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace AND tgenabled NOT IN ('O', 'A')
UNION ALL
SELECT format('constraint %s of %s was never checked', conname, conrelid::regclass)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND NOT convalidated
UNION ALL
SELECT format('row-level security of %s is off', oid::regclass)
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND NOT relrowsecurity
  AND relname IN ('ledger_entry', 'allocation_balance', 'run', 'allocation')
ORDER BY what

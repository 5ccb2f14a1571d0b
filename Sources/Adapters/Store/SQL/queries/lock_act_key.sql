-- Locks the key of an act by hand until the end of the transaction; the trigger ledger_entry_acts takes
-- the same.
-- $1: text – the key
-- Returns: nothing
SELECT pg_advisory_xact_lock(7020530, hashtext($1))

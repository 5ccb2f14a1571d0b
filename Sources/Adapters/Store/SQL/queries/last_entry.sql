-- A place in the order of posting that none is behind.
-- Returns: seq
SELECT last_value AS seq FROM ledger_entry_seq

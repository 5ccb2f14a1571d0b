-- Takes what was read through the database's own roles into the audit log.
-- $1: bigint – of at most so many tables, and of the rest of their transactions
-- Returns: lines: how many lines were appended
SELECT take_database_reads($1) AS lines

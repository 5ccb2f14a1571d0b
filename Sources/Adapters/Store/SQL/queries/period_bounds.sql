-- Between which places the entries of a period stand in the order of posting.
-- $1: timestamptz – effective at or after
-- $2: timestamptz – effective before
-- Returns: first_seq, last_seq; null if there are none
SELECT min(seq) AS first_seq, max(seq) AS last_seq FROM ledger_entry
WHERE effective_at >= $1 AND effective_at < $2

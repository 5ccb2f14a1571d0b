-- Counts a cap anew from the entries; nobody writes any until the transaction ends.
-- $1: text – id
-- Returns: one row
SELECT count_cap($1)::text AS counted

-- Withdraws a version that is not in force yet, with its weights by type.
-- $1: text – partition
-- $2: bigint – version
-- Returns: nothing
DELETE FROM rate_card WHERE partition = $1 AND version = $2

-- A member's jobs in order.
-- $1: text – member
-- $2: bigint – only those after this number
-- $3: bigint – at most so many
-- Returns: number
SELECT number FROM job WHERE member = $1 AND number > $2 ORDER BY number LIMIT $3

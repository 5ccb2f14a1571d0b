-- The jobs that were submitted in a period, in order of their numbers, part by part.
-- $1: timestamptz – from
-- $2: timestamptz – before
-- $3: bigint – only those with a greater number
-- $4: bigint – at most so many
-- Returns: number
SELECT number FROM job
WHERE submitted_at >= $1 AND submitted_at < $2 AND number > $3
ORDER BY number LIMIT $4

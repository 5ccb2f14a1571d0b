-- When the first run of allocations began, of those of which it began in a period. History is read from a
-- moment on, before which none of their runs was committed.
-- $1: text[] – allocations
-- $2: timestamptz – that moment
-- $3: timestamptz – the period's begin
-- $4: timestamptz – as of, not included
-- Returns: allocation, began_at
SELECT allocation, min(started_at) AS began_at
FROM run
WHERE allocation = ANY ($1) AND committed_at >= $2 AND committed_at < $4 AND started_at < $4
GROUP BY allocation
HAVING min(started_at) >= $3
ORDER BY allocation

-- When the first run of allocations began, of those of which it began in a period. What was recorded when its
-- month was closed counts when that says (0054), and is told as it was; what Slurm began by itself counts
-- when it was known. History is read from a moment on,
-- before which none of their runs was committed.
-- $1: text[] – allocations
-- $2: timestamptz – that moment
-- $3: timestamptz – the period's begin
-- $4: timestamptz – as of, not included
-- Returns: allocation, began_at
SELECT allocation, began_at
FROM (
  SELECT DISTINCT ON (allocation) allocation, counted_at,
    coalesce(first_started_at, started_at) AS began_at
  FROM run CROSS JOIN LATERAL (
    SELECT greatest(coalesce(first_started_at, started_at), committed_at, begun_late_at))
    AS c (counted_at)
  WHERE allocation = ANY ($1) AND committed_at >= $2 AND committed_at < $4
    AND started_at IS NOT NULL AND counted_at < $4
  ORDER BY allocation, counted_at, began_at) AS first
WHERE counted_at >= $3
ORDER BY allocation

-- How many entries of projects are effective on each day (UTC), in order; days without any are left out.
-- $1: text[] – projects
-- $2: timestamptz – effective at or after
-- $3: timestamptz – effective before
-- Returns: day, entries
SELECT (effective_at AT TIME ZONE 'UTC')::date AS day, count(*) AS entries
FROM ledger_entry AS entry JOIN allocation ON allocation.id = entry.allocation
WHERE allocation.project = ANY ($1) AND effective_at >= $2 AND effective_at < $3
GROUP BY 1 ORDER BY 1

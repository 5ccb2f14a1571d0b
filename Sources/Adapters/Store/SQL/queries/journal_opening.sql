-- What a journal has to know of the entries of projects before the first of them is written.
-- $1: text[] – projects
-- $2: timestamptz – shown if effective at or after, or null
-- $3: timestamptz – effective before, or null
-- Returns: allocation, entries, shown, first_at and last_at of those that are shown
SELECT entry.allocation, count(*) AS entries,
  count(*) FILTER (WHERE $2::timestamptz IS NULL OR effective_at >= $2) AS shown,
  min(effective_at) FILTER (WHERE $2::timestamptz IS NULL OR effective_at >= $2) AS first_at,
  max(effective_at) FILTER (WHERE $2::timestamptz IS NULL OR effective_at >= $2) AS last_at
FROM ledger_entry AS entry JOIN allocation ON allocation.id = entry.allocation
WHERE allocation.project = ANY ($1) AND ($3::timestamptz IS NULL OR effective_at < $3)
GROUP BY entry.allocation

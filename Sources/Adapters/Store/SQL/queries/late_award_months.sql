-- To which month, closed by then, the award of allocations belongs that came late: the first entry of
-- an allocation is its grant.
-- $1: text[] – allocations
-- Returns: allocation, belated_month
SELECT allocation, belated_month
FROM unnest($1::text[]) AS wanted (allocation)
CROSS JOIN LATERAL (
  SELECT belated_month FROM ledger_entry
  WHERE ledger_entry.allocation = wanted.allocation ORDER BY seq LIMIT 1
) AS first
WHERE belated_month IS NOT NULL

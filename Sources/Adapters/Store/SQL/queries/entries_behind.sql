-- Which allocations have an entry that is effective after an instant, one for each.
-- $1: text[] – allocations
-- $2: timestamptz[] – the instants
-- Returns: allocation
SELECT allocation FROM unnest($1::text[], $2::timestamptz[]) AS given (allocation, ended_at)
WHERE EXISTS (
  SELECT FROM ledger_entry AS entry
  WHERE entry.allocation = given.allocation AND effective_at > ended_at)

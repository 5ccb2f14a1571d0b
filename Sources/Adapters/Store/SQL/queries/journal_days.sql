-- About how many entries of projects are effective on each day (UTC), in order: of the days at both ends
-- all are counted. Days without any are left out.
-- $1: text[] – projects
-- $2: timestamptz – effective at or after
-- $3: timestamptz – effective before
-- Returns: day, entries
SELECT day, sum(entries)::bigint AS entries
FROM allocation_day JOIN allocation ON allocation.id = allocation_day.allocation
WHERE allocation.project = ANY ($1) AND day >= ($2 AT TIME ZONE 'UTC')::date
  AND day <= ($3 AT TIME ZONE 'UTC')::date
GROUP BY day ORDER BY day

-- What runs used of allocations by day (UTC), each day cut where the allocation's window begins or ends
-- and at two moments. Days are as they are kept; of a day that is cut, what lies behind a cut is summed
-- from its entries and taken off what lies before.
-- $1: text[] – allocations
-- $2: timestamptz – the first moment
-- $3: timestamptz – the second moment
-- Returns: allocation, from_at, used_gpu_ms (not zero), in the order of the first two
WITH cut AS (
  SELECT DISTINCT id AS allocation, at, date_trunc('day', at, 'UTC') AS day
  FROM allocation
  CROSS JOIN LATERAL (VALUES (window_from), (window_to), ($2::timestamptz), ($3::timestamptz))
    AS cuts (at)
  WHERE id = ANY ($1)),
part AS (
  SELECT allocation, day, at,
    lead(at, 1, day + interval '24 hours') OVER (PARTITION BY allocation, day ORDER BY at) AS until
  FROM cut WHERE at > day),
moved AS (
  SELECT allocation, day, at, used FROM part
  CROSS JOIN LATERAL (
    SELECT sum(CASE WHEN kind IN ('charge', 'debit') THEN amount_gpu_ms ELSE -amount_gpu_ms END)
      AS used
    FROM ledger_entry AS entry
    WHERE entry.allocation = part.allocation AND effective_at >= at AND effective_at < until
      AND job IS NOT NULL AND kind IN ('charge', 'refund', 'credit', 'debit')) AS behind
  WHERE used <> 0)
SELECT allocation, at AS from_at, sum(used)::bigint AS used_gpu_ms
FROM (
  SELECT allocation, day::timestamp AT TIME ZONE 'UTC', delivered_gpu_ms FROM allocation_day
  WHERE allocation = ANY ($1) AND delivered_gpu_ms IS NOT NULL
  UNION ALL SELECT allocation, at, used FROM moved
  UNION ALL SELECT allocation, day, -used FROM moved) AS parts (allocation, at, used)
GROUP BY allocation, at HAVING sum(used) <> 0
ORDER BY allocation, at

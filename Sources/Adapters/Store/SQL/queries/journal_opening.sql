-- What a journal has to know of the entries of projects before the first of them is written: from whole
-- days as they are kept, and from the entries of the days that are cut.
-- $1: text[] – projects
-- $2: timestamptz – shown if effective at or after, or null
-- $3: timestamptz – effective before, or null
-- Returns: allocation, entries, shown, first_at and last_at: between them are those that are shown, on the
-- days (UTC) of both there are some
WITH own AS MATERIALIZED (SELECT id FROM allocation WHERE project = ANY ($1)),
cut AS (
  SELECT date_trunc('day', at, 'UTC') AS day
  FROM (VALUES ($2::timestamptz), ($3::timestamptz)) AS ends (at)
  WHERE at <> date_trunc('day', at, 'UTC')
  GROUP BY 1),
part AS (
  SELECT allocation, day::timestamp AT TIME ZONE 'UTC' AS first_at,
    day::timestamp AT TIME ZONE 'UTC' + interval '86399999 milliseconds' AS last_at, entries
  FROM allocation_day
  WHERE allocation IN (SELECT id FROM own) AND ($3 IS NULL OR day < ($3 AT TIME ZONE 'UTC')::date)
    AND day NOT IN (SELECT (cut.day AT TIME ZONE 'UTC')::date FROM cut)
  UNION ALL
  SELECT allocation, effective_at, effective_at, 1
  FROM cut JOIN ledger_entry
    ON effective_at >= cut.day AND effective_at < cut.day + interval '24 hours'
  WHERE allocation IN (SELECT id FROM own) AND ($3 IS NULL OR effective_at < $3))
SELECT allocation, sum(entries)::bigint AS entries,
  coalesce(sum(entries) FILTER (WHERE $2 IS NULL OR first_at >= $2), 0)::bigint AS shown,
  min(first_at) FILTER (WHERE $2 IS NULL OR first_at >= $2) AS first_at,
  max(last_at) FILTER (WHERE $2 IS NULL OR first_at >= $2) AS last_at
FROM part GROUP BY allocation

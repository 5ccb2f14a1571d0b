-- The first moment of the first period that closing another one would seal: of the first that has no
-- seal, be the books closed in it already or not. The first entries are awards, so that the days tell it.
-- $1: timestamptz – the end of the period that is to be closed
-- Returns: month
SELECT CASE WHEN last_month IS NOT NULL THEN last_month + interval '1 month'
  ELSE date_trunc('month', least(
    (SELECT min(day) FROM allocation_day)::timestamp,
    greatest(open_from, $1::timestamptz) AT TIME ZONE 'UTC' - interval '1 month'))
  END AT TIME ZONE 'UTC' AS month
FROM books, (SELECT max(month)::timestamp AS last_month FROM accounting_period) AS sealed

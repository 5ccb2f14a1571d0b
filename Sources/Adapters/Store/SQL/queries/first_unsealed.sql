-- The first moment of the first period that has no seal yet, if the books are closed in it. The first
-- entries are awards, so that the days tell it.
-- Returns: month; null if none was closed without a seal
SELECT CASE WHEN last_month IS NOT NULL THEN last_month + interval '1 month'
  ELSE date_trunc('month', least(
    (SELECT min(day) FROM allocation_day)::timestamp,
    open_from AT TIME ZONE 'UTC' - interval '1 month')) END AT TIME ZONE 'UTC' AS month
FROM books, (SELECT max(month)::timestamp AS last_month FROM accounting_period) AS sealed
WHERE open_from IS NOT NULL

-- The frozen facts of closed periods, in order of time.
-- $1: date – the first day of the first
-- $2: date – the first day of the last
-- Returns: month, closed_at, facts: null for a period that was closed before there were any
SELECT month, closed_at, facts FROM accounting_period LEFT JOIN period_facts USING (month)
WHERE month BETWEEN $1 AND $2 ORDER BY month

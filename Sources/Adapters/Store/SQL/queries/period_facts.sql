-- The frozen facts of closed periods, in order of time.
-- $1: date – the first day of the first
-- $2: date – the first day of the last
-- Returns: month, facts
SELECT month, facts FROM period_facts WHERE month BETWEEN $1 AND $2 ORDER BY month

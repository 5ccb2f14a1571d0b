-- How many rows stand in no month.
-- Returns: rows
SELECT rows_outside_months() AS rows

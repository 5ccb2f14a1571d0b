-- How many tables there are.
-- Returns: tables
SELECT count(*) AS tables FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')

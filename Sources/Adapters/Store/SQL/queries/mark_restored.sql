-- Says that the database was restored.
-- Returns: nothing
INSERT INTO restoration DEFAULT VALUES ON CONFLICT DO NOTHING

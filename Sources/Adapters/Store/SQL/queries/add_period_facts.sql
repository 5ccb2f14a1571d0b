-- Keeps the facts that a period was sealed with.
-- $1: date – its first day
-- $2: bytea – canonical bytes
-- Returns: nothing
INSERT INTO period_facts (month, facts) VALUES ($1, $2)

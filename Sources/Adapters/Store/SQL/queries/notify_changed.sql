-- Wakes whoever plans: something that a cycle looks at has changed.
-- Returns: one row
SELECT pg_notify('polder_changed', '')

-- Lets pg_dump see what this transaction sees, as long as it lasts.
-- Returns: id
SELECT pg_export_snapshot() AS id

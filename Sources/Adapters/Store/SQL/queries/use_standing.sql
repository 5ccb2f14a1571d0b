-- The first transaction that this picture may not see all of: what is asked for after it.
-- Returns: next
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS next

-- Which transactions this picture shows, and whether all changes since an earlier one are noted.
-- $1: pg_snapshot – of the earlier picture, or null for none
-- Returns: snapshot, is_complete
SELECT pg_current_snapshot()::text AS snapshot,
  coalesce(pg_snapshot_xmin($1::pg_snapshot) >= xid, false) AS is_complete
FROM change_floor

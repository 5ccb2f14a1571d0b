-- Forgets changes below the floor, and those of a backup's transactions that are none of this server's.
-- Returns: nothing
DELETE FROM job_change
WHERE xid < (SELECT xid FROM change_floor) OR xid >= pg_snapshot_xmax(pg_current_snapshot())

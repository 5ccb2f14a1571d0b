-- Says that changes before a picture are pruned: whoever has an older picture reads all anew. What a
-- backup brought from another server may lie ahead of all transactions here, and is put right.
-- $1: pg_snapshot – of the picture
-- Returns: nothing
UPDATE change_floor SET xid = CASE WHEN xid < pg_snapshot_xmax(pg_current_snapshot())
  THEN greatest(xid, pg_snapshot_xmin($1::pg_snapshot)) ELSE pg_snapshot_xmin($1::pg_snapshot) END

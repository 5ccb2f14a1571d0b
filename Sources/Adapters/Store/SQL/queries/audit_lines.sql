-- Lines of the audit log in their order, as they stand.
-- $1: bigint – only those after this number
-- $2: bigint – up to this number
-- $3: bigint – at most so many
-- Returns: seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256
SELECT seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256
FROM audit_line WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3

-- Whether a line of the audit log has this hash.
-- $1: bytea – SHA-256
-- Returns: seq; no row if there is none
SELECT seq FROM audit_line WHERE sha256 = $1

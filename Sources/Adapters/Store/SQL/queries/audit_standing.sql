-- What the head of the audit log says, and the last line that is there.
-- Returns: seq, sha256, last_seq: 0 without a line
SELECT seq, sha256, coalesce((SELECT max(seq) FROM audit_line), 0) AS last_seq FROM audit_head

-- Appends a line to the audit log. Last in its transaction: all who append wait for each other.
-- $1: text – actor, an opaque subject
-- $2: text – action
-- $3: text – object
-- $4: text – result
-- $5: text – origin
-- $6: text – detail
-- Returns: seq
SELECT append_audit_line($1, $2, $3, $4, $5, $6) AS seq

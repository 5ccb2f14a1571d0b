-- The latest lines of the audit log that a reader asked for.
-- $1: timestamptz – not before, or null
-- $2: timestamptz – before, or null
-- $3: text – actor, or null
-- $4: text – action, or null
-- $5: text – a subject as actor or object, or null
-- $6: bigint – at most so many
-- Returns: seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256
SELECT seq, at, actor, action, object, result, origin, detail, previous_sha256, sha256
FROM audit_line
WHERE ($1::timestamptz IS NULL OR at >= $1) AND ($2::timestamptz IS NULL OR at < $2)
  AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR action = $4)
  AND ($5::text IS NULL OR actor = $5 OR object = 'member ' || $5)
ORDER BY seq DESC LIMIT $6

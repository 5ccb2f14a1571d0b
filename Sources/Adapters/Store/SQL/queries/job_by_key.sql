-- The job that a member submitted with a key.
-- $1: text – member
-- $2: text – idempotency_key
-- $3: bytea – what was said under it, in canonical bytes
-- Returns: number, is_same: whether its content is that
SELECT number, content_sha256 = sha256($3) AS is_same FROM job
WHERE member = $1 AND idempotency_key = $2

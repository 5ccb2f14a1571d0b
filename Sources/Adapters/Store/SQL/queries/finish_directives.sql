-- A directive was performed, or has become void.
-- $1: text – kind, or null for any
-- $2: bigint – job
-- $3: bigint – task_index
-- $4: bigint – attempt, or null for any
-- $5: bigint – limit_seconds of the limit that was performed, or null for any
-- Returns: nothing
UPDATE directive SET finished_at = polder_now()
WHERE finished_at IS NULL AND job = $2 AND task_index = $3
  AND ($1::text IS NULL OR kind = $1) AND ($4::bigint IS NULL OR attempt = $4)
  AND ($5::bigint IS NULL OR limit_seconds = $5)

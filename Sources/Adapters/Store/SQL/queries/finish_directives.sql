-- Directives were performed, or have become void. Each parameter has one element for each.
-- $1: text[] – kind, or null for any
-- $2: bigint[] – job
-- $3: bigint[] – task_index
-- $4: bigint[] – attempt, or null for any
-- $5: bigint[] – limit_seconds of the limit that was performed, or null for any
-- Returns: nothing
UPDATE directive SET finished_at = polder_now()
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
  AS given (kind, job, task_index, attempt, limit_seconds)
WHERE finished_at IS NULL AND directive.job = given.job
  AND directive.task_index = given.task_index
  AND (given.kind IS NULL OR directive.kind = given.kind)
  AND (given.attempt IS NULL OR directive.attempt = given.attempt)
  AND (given.limit_seconds IS NULL OR directive.limit_seconds = given.limit_seconds)

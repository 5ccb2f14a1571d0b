-- Writes what the bridge has to do, in order; the same is written once, and of two limits the later
-- counts. Each parameter has one element for each directive.
-- $1: text[] – kind
-- $2: bigint[] – job
-- $3: bigint[] – task_index
-- $4: bigint[] – attempt, or null
-- $5: text[] – signal, or null
-- $6: bigint[] – limit_seconds, or null
-- Returns: nothing
INSERT INTO directive (kind, job, task_index, attempt, signal, limit_seconds)
SELECT kind, job, task_index, attempt, signal, limit_seconds
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])
  WITH ORDINALITY AS given (kind, job, task_index, attempt, signal, limit_seconds, place)
ORDER BY place
ON CONFLICT (job, task_index, kind) WHERE finished_at IS NULL
DO UPDATE SET limit_seconds = excluded.limit_seconds WHERE directive.kind = 'limit'

-- Writes what the bridge has to do; the same is written once, and of two limits the later counts.
-- $1: text – kind
-- $2: bigint – job
-- $3: bigint – task_index
-- $4: bigint – attempt, or null
-- $5: text – signal, or null
-- $6: bigint – limit_seconds, or null
-- Returns: nothing
INSERT INTO directive (kind, job, task_index, attempt, signal, limit_seconds)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (job, task_index, kind) WHERE finished_at IS NULL
DO UPDATE SET limit_seconds = excluded.limit_seconds WHERE directive.kind = 'limit'

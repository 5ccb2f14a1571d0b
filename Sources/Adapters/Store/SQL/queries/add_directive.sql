-- Writes what the bridge has to do; the same is written once.
-- $1: text – kind
-- $2: bigint – job
-- $3: bigint – task_index
-- $4: bigint – attempt, or null
-- Returns: nothing
INSERT INTO directive (kind, job, task_index, attempt) VALUES ($1, $2, $3, $4)
ON CONFLICT (job, task_index, kind) WHERE finished_at IS NULL DO NOTHING

-- Has those tasks of a Slurm job cancelled that ended before it was seen.
-- $1: bigint – job
-- $2: bigint – generation
-- $3: bigint – the only task_index, or null for all
-- Returns: nothing
INSERT INTO directive (kind, job, task_index)
SELECT 'cancel', job, task_index FROM task
WHERE job = $1 AND generation = $2 AND ($3::bigint IS NULL OR task_index = $3)
  AND state = 'ended'
ON CONFLICT (job, task_index, kind) WHERE finished_at IS NULL DO NOTHING

-- What was taken of the caps above a run that stands, kept as it is until the transaction ends.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: timestamptz – committed_at
-- Returns: cap, used_gpu_ms, held_gpu_ms
SELECT cap_id AS cap, used AS used_gpu_ms, held AS held_gpu_ms
FROM lock_cap_uses_of($1, $2, $3, $4)

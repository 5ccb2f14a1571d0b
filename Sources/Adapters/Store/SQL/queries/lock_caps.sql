-- What was taken of the caps above runs that are about to be committed, kept as it is until the
-- transaction ends. Locked by id.
-- $1: bigint[] – job
-- $2: text[] – allocation
-- $3: timestamptz[] – committed_at
-- Returns: place: of the run, from 1; cap, used_gpu_ms, held_gpu_ms
SELECT place, cap_id AS cap, used AS used_gpu_ms, held AS held_gpu_ms
FROM lock_cap_uses($1, $2, $3)

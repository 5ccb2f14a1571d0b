-- Records that a promised start is later, or promised no more; what is recorded already stays.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: timestamptz – promised_for
-- $4: timestamptz – expected_for, or null if no other start is planned
-- $5: text – cause
-- $6: text[] – nodes
-- $7: timestamptz – found_at
-- Returns: nothing
INSERT INTO late_start (job, task_index, promised_for, expected_for, cause, nodes, found_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (job, task_index, found_at) DO NOTHING

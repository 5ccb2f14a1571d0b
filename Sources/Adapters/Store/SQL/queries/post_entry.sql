-- Posts one entry; the balance follows by a trigger.
-- $1: text – id
-- $2: text – kind
-- $3: text – allocation
-- $4: bigint – amount_gpu_ms
-- $5: bigint – job, or null
-- $6: bigint – task_index, or null
-- $7: bigint – attempt, or null
-- $8: text – reason, or null
-- $9: text – corrects, or null
-- $10: timestamptz – effective_at
-- $11: timestamptz – recorded_at
-- $12: bigint – part, from 0
-- $13: timestamptz – booked_at: when its run was committed; without a run recorded_at
-- $14: text – requested_by, or null
-- $15: text – approved_by, or null
-- $16: date – belated_month, or null
-- Returns: nothing
INSERT INTO ledger_entry (
  id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, part, booked_at, requested_by, approved_by, belated_month)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

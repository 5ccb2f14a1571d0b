-- Posts entries, in order; balances and uses of caps follow by triggers. Each parameter has one
-- element for each entry.
-- $1: text[] – id
-- $2: text[] – kind
-- $3: text[] – allocation
-- $4: bigint[] – amount_gpu_ms
-- $5: bigint[] – job, or null
-- $6: bigint[] – task_index, or null
-- $7: bigint[] – attempt, or null
-- $8: text[] – reason, or null
-- $9: text[] – corrects, or null
-- $10: timestamptz[] – effective_at
-- $11: timestamptz[] – recorded_at
-- $12: bigint[] – part, from 0
-- $13: timestamptz[] – booked_at: when its run was committed; without a run recorded_at
-- $14: text[] – requested_by, or null
-- $15: text[] – approved_by, or null
-- $16: timestamptz[] – the beginning of belated_month, or null
-- Returns: nothing
INSERT INTO ledger_entry (
  id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, part, booked_at, requested_by, approved_by, belated_month)
SELECT id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, part, booked_at, requested_by, approved_by,
  (belated_from AT TIME ZONE 'UTC')::date
FROM unnest(
  $1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
  $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::bigint[],
  $13::timestamptz[], $14::text[], $15::text[], $16::timestamptz[]) WITH ORDINALITY AS given (
  id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, part, booked_at, requested_by, approved_by, belated_from, place)
ORDER BY place

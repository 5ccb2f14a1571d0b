-- Runs under way are over, or were never started. Each parameter has one element for each run.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- $3: bigint[] – attempt
-- $4: text[] – state: ended or returned
-- $5: timestamptz[] – started_at, or null to leave it
-- $6: timestamptz[] – ended_at
-- $7: text[] – outcome
-- $8: bigint[] – exit_code
-- $9: bigint[] – signal
-- $10: bigint[] – used_gpu_ms
-- $11: text[] – refund_reason, or null
-- $12: bool[] – requeued
-- $13: bigint[] – past_end_gpu_ms
-- Returns: nothing
WITH over AS MATERIALIZED (
  SELECT given.job, given.task_index, given.attempt, committed_at, state, started_at, ended_at,
    outcome, exit_code, signal, used_gpu_ms, refund_reason, requeued, past_end_gpu_ms
  FROM unnest(
    $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[],
    $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::bool[],
    $13::bigint[])
    AS given (job, task_index, attempt, state, started_at, ended_at, outcome, exit_code, signal,
      used_gpu_ms, refund_reason, requeued, past_end_gpu_ms)
  JOIN open_run USING (job, task_index, attempt))
UPDATE run SET state = over.state, started_at = coalesce(over.started_at, run.started_at),
  ended_at = over.ended_at, outcome = over.outcome, exit_code = over.exit_code,
  signal = over.signal, used_gpu_ms = over.used_gpu_ms, refund_reason = over.refund_reason,
  requeued = over.requeued, past_end_gpu_ms = over.past_end_gpu_ms
FROM over
WHERE run.job = over.job AND run.task_index = over.task_index
  AND run.attempt = over.attempt AND run.committed_at = over.committed_at

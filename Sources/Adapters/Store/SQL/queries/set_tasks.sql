-- Moves tasks to their next states. Each parameter has one element for each task.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- $3: text[] – state
-- $4: bigint[] – attempts
-- $5: bigint[] – generation
-- $6: bigint[] – rebound_slurm_job_id, or null
-- $7: text[] – outcome, or null
-- $8: text[] – cause, or null to leave it
-- $9: timestamptz[] – began_at, or null
-- Returns: nothing
UPDATE task SET state = given.state, attempts = given.attempts, generation = given.generation,
  rebound_slurm_job_id = given.rebound_slurm_job_id, outcome = given.outcome,
  cause = coalesce(given.cause, task.cause), began_at = given.began_at,
  ended_at = CASE WHEN given.state = 'ended' THEN coalesce(task.ended_at, polder_now()) END
FROM unnest(
  $1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
  $8::text[], $9::timestamptz[])
  AS given (job, task_index, state, attempts, generation, rebound_slurm_job_id, outcome, cause,
    began_at)
WHERE task.job = given.job AND task.task_index = given.task_index

-- Erases names of jobs that were kept long enough, with what a repeated submission is known by.
-- $1: timestamptz – of jobs that ended before
-- $2: bigint – at most so many
-- Returns: nothing
UPDATE job SET name = 'erased', name_erased_at = polder_now(), idempotency_key = NULL,
  content_sha256 = sha256('')
WHERE number IN (
  SELECT job.number FROM job
  WHERE job.name_erased_at IS NULL AND job.submitted_at < $1
    AND NOT EXISTS (
      SELECT FROM task
      WHERE task.job = job.number AND (task.state <> 'ended' OR task.ended_at >= $1))
    AND NOT EXISTS (SELECT FROM run WHERE run.job = job.number AND run.ended_at >= $1)
  ORDER BY job.submitted_at, job.number LIMIT $2)

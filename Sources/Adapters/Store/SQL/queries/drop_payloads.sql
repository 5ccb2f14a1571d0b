-- Erases what is left of payloads, their paths, that were kept long enough.
-- $1: timestamptz – of jobs that ended before
-- $2: bigint – at most so many
-- Returns: nothing
DELETE FROM job_payload
WHERE job IN (
  SELECT job.number FROM job_payload AS payload JOIN job ON job.number = payload.job
  WHERE job.submitted_at < $1
    AND NOT EXISTS (
      SELECT FROM task
      WHERE task.job = job.number AND (task.state <> 'ended' OR task.ended_at >= $1))
    AND NOT EXISTS (SELECT FROM run WHERE run.job = job.number AND run.ended_at >= $1)
  ORDER BY job.number LIMIT $2)

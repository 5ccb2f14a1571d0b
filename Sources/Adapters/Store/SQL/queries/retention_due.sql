-- How much of each category was kept long enough. A null counts nothing.
-- $1: timestamptz – payloads of jobs that ended before
-- $2: timestamptz – paths of jobs that ended before
-- $3: timestamptz – names of jobs that ended before
-- $4: timestamptz – notes of acts by hand that were written before
-- Returns: payloads, paths, job_names, notes
SELECT (
    SELECT count(*) FROM job_payload AS payload JOIN job ON job.number = payload.job
    WHERE payload.cleared_at IS NULL AND job.submitted_at < $1
      AND NOT EXISTS (
        SELECT FROM task
        WHERE task.job = job.number AND (task.state <> 'ended' OR task.ended_at >= $1))
      AND NOT EXISTS (SELECT FROM run WHERE run.job = job.number AND run.ended_at >= $1)) AS payloads,
  (
    SELECT count(*) FROM job_payload AS payload JOIN job ON job.number = payload.job
    WHERE job.submitted_at < $2
      AND NOT EXISTS (
        SELECT FROM task
        WHERE task.job = job.number AND (task.state <> 'ended' OR task.ended_at >= $2))
      AND NOT EXISTS (SELECT FROM run WHERE run.job = job.number AND run.ended_at >= $2)) AS paths,
  (
    SELECT count(*) FROM job
    WHERE job.name_erased_at IS NULL AND job.submitted_at < $3
      AND NOT EXISTS (
        SELECT FROM task
        WHERE task.job = job.number AND (task.state <> 'ended' OR task.ended_at >= $3))
      AND NOT EXISTS (SELECT FROM run WHERE run.job = job.number AND run.ended_at >= $3)) AS job_names,
  (SELECT count(*) FROM act_note WHERE written_at < $4) AS notes

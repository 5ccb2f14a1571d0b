-- Slurm runs them. Each parameter has one element for each run.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- $3: bigint[] – attempt
-- $4: timestamptz[] – started_at
-- $5: bigint[] – weight_thousandths
-- $6: bigint[] – slurm_job_id
-- $7: text[] – devices, parted by blanks
-- $8: text[] – allocated, parted by blanks
-- Returns: nothing
WITH started AS MATERIALIZED (
  SELECT given.job, given.task_index, given.attempt, committed_at, given.started_at,
    weight_thousandths, slurm_job_id, devices, given.allocated
  FROM unnest(
    $1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::bigint[],
    $7::text[], $8::text[])
    AS given (job, task_index, attempt, started_at, weight_thousandths, slurm_job_id, devices,
      allocated)
  JOIN open_run USING (job, task_index, attempt))
UPDATE run SET state = 'running', started_at = started.started_at,
  weight_thousandths = started.weight_thousandths, slurm_job_id = started.slurm_job_id,
  devices = string_to_array(started.devices, ' '),
  allocated = string_to_array(started.allocated, ' ')
FROM started
WHERE run.job = started.job AND run.task_index = started.task_index
  AND run.attempt = started.attempt AND run.committed_at = started.committed_at

-- Keeps a job's conditions on others.
-- $1: bigint – job
-- $2: text[] – condition
-- $3: bigint[] – on_job
-- $4: bigint[] – on_task_index, or -1 for all tasks
-- $5: bigint[] – delay_seconds
-- Returns: nothing
INSERT INTO job_dependency (job, position, condition, on_job, on_task_index, delay_seconds)
SELECT $1, position, condition, on_job, nullif(on_task_index, -1), delay_seconds
FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
  AS given (condition, on_job, on_task_index, delay_seconds, position)

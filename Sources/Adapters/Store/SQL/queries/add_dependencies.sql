-- Keeps a job's conditions on others.
-- $1: bigint – job
-- $2: text[] – condition
-- $3: bigint[] – on_job
-- Returns: nothing
INSERT INTO job_dependency (job, position, condition, on_job)
SELECT $1, position, condition, on_job
FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS given (condition, on_job, position)

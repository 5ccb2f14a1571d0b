-- Where jobs work, and what their members say of them, as far as that is kept.
-- $1: bigint[] – numbers of jobs
-- Returns: job, working_directory, comment
SELECT job, working_directory, comment FROM job_payload WHERE job = ANY ($1) ORDER BY job

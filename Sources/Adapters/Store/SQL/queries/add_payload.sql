-- Keeps what Slurm needs besides the request.
-- $1: bigint – job
-- $2: bigint – uid
-- $3: bigint – gid
-- $4: text – script
-- $5: text[] – environment
-- $6: text – working_directory
-- $7: text – standard_output, or null
-- $8: text – standard_error, or null
-- $9: text – standard_input, or null
-- $10: text – comment, or null
-- $11: bigint – task_count
-- $12: bigint – cpus_per_task
-- Returns: nothing
INSERT INTO job_payload (
  job, uid, gid, script, environment, working_directory, standard_output, standard_error,
  standard_input, comment, task_count, cpus_per_task)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- What Slurm needs besides a job's request.
-- $1: bigint – job
-- Returns: uid, gid, script, environment, working_directory, standard_output, standard_error,
-- standard_input, comment, task_count, cpus_per_task
SELECT uid, gid, script, environment, working_directory, standard_output, standard_error,
  standard_input, comment, task_count, cpus_per_task
FROM job_payload WHERE job = $1

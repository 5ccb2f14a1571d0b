-- Moves a task to its next state.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: text – state
-- $4: bigint – attempts
-- $5: bigint – generation
-- $6: bigint – rebound_slurm_job_id, or null
-- $7: text – outcome, or null
-- $8: text – cause, or null to leave it
-- Returns: nothing
UPDATE task SET state = $3, attempts = $4, generation = $5, rebound_slurm_job_id = $6,
  outcome = $7, cause = coalesce($8, cause)
WHERE job = $1 AND task_index = $2

-- Makes a run, committed to start or running already; who bears its cost is frozen.
-- $1: bigint – job
-- $2: bigint – task_index
-- $3: bigint – attempt
-- $4: text – allocation
-- $5: text[] – nodes
-- $6: bigint – gpus_per_node
-- $7: bigint – cpus_per_node
-- $8: bigint – memory_mib_per_node
-- $9: bigint – weight_thousandths
-- $10: bigint – rate_version
-- $11: bigint – hold_gpu_ms, or null
-- $12: bigint – reach_seconds
-- $13: text – state
-- $14: timestamptz – committed_at
-- $15: timestamptz – started_at, or null
-- $16: bigint – slurm_job_id, or null
-- Returns: nothing
INSERT INTO run (
  job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, slurm_job_id, bearer_member, bearer_project, bearer_programme,
  bearer_funder, bearer_commercial)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, job.member,
  job.project, programme.id, programme.funder, project.commercial
FROM job JOIN project ON project.id = job.project
CROSS JOIN allocation JOIN programme ON programme.id = allocation.programme
WHERE job.number = $1 AND allocation.id = $4

-- Makes runs, committed to start or running already; who bears their cost is frozen. Each parameter
-- has one element for each run.
-- $1: bigint[] – job
-- $2: bigint[] – task_index
-- $3: bigint[] – attempt
-- $4: text[] – allocation
-- $5: text[] – nodes, parted by commas
-- $6: bigint[] – gpus_per_node
-- $7: bigint[] – cpus_per_node
-- $8: bigint[] – memory_mib_per_node
-- $9: bigint[] – weight_thousandths
-- $10: bigint[] – rate_version
-- $11: bigint[] – hold_gpu_ms, or null
-- $12: bigint[] – reach_seconds
-- $13: text[] – state
-- $14: timestamptz[] – committed_at
-- $15: timestamptz[] – started_at, or null
-- $16: bigint[] – slurm_job_id, or null
-- $17: text[] – allocated, parted by blanks
-- $18: text[] – partition, or null
-- $19: bigint[] – gpu_thousandths_per_node
-- Returns: nothing
INSERT INTO run (
  job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, slurm_job_id, allocated, partition, gpu_thousandths_per_node,
  bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial)
SELECT given.job, task_index, attempt, given.allocation, string_to_array(nodes, ','),
  given.gpus_per_node, given.cpus_per_node, given.memory_mib_per_node, weight_thousandths,
  rate_version, hold_gpu_ms, reach_seconds, state, committed_at, started_at, given.slurm_job_id,
  string_to_array(allocated, ' '), given.partition, given.gpu_thousandths_per_node,
  job.member, job.project, programme.id, programme.funder, project.commercial
FROM unnest(
  $1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
  $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[],
  $14::timestamptz[], $15::timestamptz[], $16::bigint[], $17::text[], $18::text[],
  $19::bigint[]) AS given (
  job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, slurm_job_id, allocated, partition, gpu_thousandths_per_node)
JOIN job ON job.number = given.job JOIN project ON project.id = job.project
JOIN allocation ON allocation.id = given.allocation
JOIN programme ON programme.id = allocation.programme

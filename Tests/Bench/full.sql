-- Fills the books of the bench with finished jobs, by psql -v jobs=… as superuser: for each a job, a
-- task, a run, a hold, a charge and a release, spread evenly over the last four months and over the
-- projects. Triggers and foreign keys are left out on the way in, so the balances are set here;
-- the bench's audit sums everything anew. Scripts are left out, since policy erases old ones.
SET session_replication_role = replica;
SET synchronous_commit = off;
SELECT make_months(polder_now() - interval '121 days', polder_now());

CREATE PROCEDURE bench_fill(first bigint, last bigint, total bigint) LANGUAGE sql AS $$
  INSERT INTO job (number, name, member, project, partition, node_count, gpus_per_node,
    cpus_per_node, memory_mib_per_node, gpu_type, limit_seconds, array_indices, requeue, origin,
    slurm_job_id, idempotency_key, content_sha256, submitted_at)
  OVERRIDING SYSTEM VALUE
  SELECT n, 'train', 'm-bench', 'bench-p' || n % 32 + 1, 'gpu', 1, 1, 20, 128000, 'h100', 3600,
    '{}', false, 'polder', n, 'k' || n, '\x00',
    date_trunc('second', now() - interval '120 days' * ((total - n)::float8 / total + 0.01))
  FROM generate_series(first, last) AS n;
  INSERT INTO task (job, task_index, state, attempts, outcome)
  SELECT n, -1, 'ended', 1, 'completed' FROM generate_series(first, last) AS n;
  INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
    memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
    committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued,
    slurm_job_id, devices, bearer_member, bearer_project, bearer_programme, bearer_funder,
    bearer_commercial)
  SELECT number, -1, 1, 'bench-a' || number % 32 + 1, ARRAY['gn0' || number % 8 + 1], 1, 20,
    128000, 1000, 1, 3600000, 3600, 'ended', submitted_at, submitted_at,
    submitted_at + interval '30 minutes', 'completed', 0, 0, 1800000, false, number,
    ARRAY['gn0' || number % 8 + 1 || ':0'], member, project, 'open', 'state', false
  FROM job WHERE number BETWEEN first AND last ORDER BY number;
  INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
    effective_at, recorded_at, booked_at)
  SELECT entry.kind || ':P' || job || '.1', entry.kind, allocation, entry.amount, job, -1, 1,
    CASE entry.kind WHEN 'hold' THEN committed_at ELSE ended_at END,
    CASE entry.kind WHEN 'hold' THEN committed_at ELSE ended_at END, committed_at
  FROM run, (VALUES (1, 'hold', 3600000), (2, 'charge', 1800000), (3, 'release', 1800000))
    AS entry (place, kind, amount)
  WHERE job BETWEEN first AND last ORDER BY job, place;
  UPDATE allocation_balance SET charged_gpu_ms = charged_gpu_ms + filled.charged
  FROM (
    SELECT 'bench-a' || n % 32 + 1 AS allocation, count(*) * 1800000 AS charged
    FROM generate_series(first, last) AS n GROUP BY 1) AS filled
  WHERE allocation_balance.allocation = filled.allocation;
$$;

SELECT format('CALL bench_fill(%s, %s, %s)', n, least(n + 99999, :jobs), :jobs)
FROM generate_series(1, :jobs, 100000) AS n \gexec

DROP PROCEDURE bench_fill;
SELECT setval(pg_get_serial_sequence('job', 'number'), :jobs);
VACUUM (ANALYZE, FREEZE) job, task, run, ledger_entry, allocation_balance;

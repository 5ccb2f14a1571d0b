-- Begins to fill the books of the bench with finished jobs: for each a job, a task, a run, a hold, a
-- charge and a release, spread evenly over the last four months and over the projects. Run by psql
-- as superuser, with session_replication_role = replica: triggers and foreign keys are left out on
-- the way in, so that balances are set here; the bench's audit sums everything anew. Scripts are
-- left out, since policy erases old ones. After this CALL bench_fill for each month, by several
-- sessions at once if you like, and then full_end.sql.

-- One moment for all sessions.
SELECT format('CREATE FUNCTION bench_base() RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
  $$ SELECT %L::timestamptz $$', date_trunc('second', now())) \gexec

-- When the job of a number was submitted: evenly over 120 days that ended a day ago.
CREATE FUNCTION bench_at(n bigint, total bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
  SELECT date_trunc('second',
    bench_base() - interval '120 days' * ((total - n)::float8 / total + 0.01))
$$;

-- The jobs of one month, in tables that become its partitions when they are full: indexes and foreign
-- keys are made of all rows at once.
CREATE PROCEDURE bench_fill(month timestamptz, total bigint) LANGUAGE plpgsql AS $$
DECLARE
  following CONSTANT timestamptz := month + interval '1 month';
  suffix CONSTANT text := to_char(month, 'YYYY_MM');
  first bigint := greatest(1,
    ceil(total * (1.01 - extract(epoch FROM bench_base() - month) / 86400 / 120)));
  last bigint := least(total,
    ceil(total * (1.01 - extract(epoch FROM bench_base() - following) / 86400 / 120)) - 1);
BEGIN
  -- Rounding decides at the edges.
  WHILE first > 1 AND bench_at(first - 1, total) >= month LOOP first := first - 1; END LOOP;
  WHILE bench_at(first, total) < month LOOP first := first + 1; END LOOP;
  WHILE last < total AND bench_at(last + 1, total) < following LOOP last := last + 1; END LOOP;
  WHILE bench_at(last, total) >= following LOOP last := last - 1; END LOOP;
  IF last < first THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER TABLE run DETACH PARTITION %I', 'run_' || suffix);
  EXECUTE format('ALTER TABLE ledger_entry DETACH PARTITION %I', 'ledger_entry_' || suffix);
  -- The grants stand in the present month.
  EXECUTE format('CREATE TABLE %I AS TABLE %I', 'granted_' || suffix, 'ledger_entry_' || suffix);
  EXECUTE format('DROP TABLE %I, %I', 'ledger_entry_' || suffix, 'run_' || suffix);
  EXECUTE format('CREATE TABLE %I (LIKE run INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
    'run_' || suffix);
  EXECUTE format('CREATE TABLE %I (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
    'ledger_entry_' || suffix);
  EXECUTE format('INSERT INTO %I TABLE %I', 'ledger_entry_' || suffix, 'granted_' || suffix);
  EXECUTE format('DROP TABLE %I', 'granted_' || suffix);
  COMMIT;
  INSERT INTO job (number, name, member, project, partition, node_count, gpus_per_node,
    cpus_per_node, memory_mib_per_node, gpu_type, limit_seconds, array_indices, requeue, origin,
    slurm_job_id, idempotency_key, content_sha256, submitted_at)
  OVERRIDING SYSTEM VALUE
  SELECT n, 'train', 'm-bench', 'bench-p' || n % 32 + 1, 'gpu', 1, 1, 20, 128000, 'h100', 3600,
    '{}', false, 'polder', n, 'k' || lpad(n::text, 9, '0'), '\x00', bench_at(n, total)
  FROM generate_series(first, last) AS n;
  INSERT INTO task (job, task_index, state, attempts, outcome, ended_at)
  SELECT n, -1, 'ended', 1, 'completed', bench_at(n, total) + interval '30 minutes' FROM generate_series(first, last) AS n;
  EXECUTE format($run$
    INSERT INTO %I (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
      memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
      committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued,
      slurm_job_id, devices, bearer_member, bearer_project, bearer_programme, bearer_funder,
      bearer_commercial)
    SELECT n, -1, 1, 'bench-a' || n %% 32 + 1, ARRAY['gn' || n %% 1000 + 1001], 1, 20, 128000, 1000, 1,
      3600000, 3600, 'ended', at, at, at + interval '30 minutes', 'completed', 0, 0, 1800000,
      false, n, ARRAY['gn' || n %% 1000 + 1001 || ':0'], 'm-bench', 'bench-p' || n %% 32 + 1, 'open',
      'state', false
    FROM (SELECT n, bench_at(n, $3) AS at FROM generate_series($1, $2) AS n) AS one $run$,
    'run_' || suffix) USING first, last, total;
  EXECUTE format($entry$
    INSERT INTO %I (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at,
      recorded_at, booked_at)
    SELECT entry.kind || ':P' || n || '.1', entry.kind, 'bench-a' || n %% 32 + 1, entry.amount, n,
      -1, 1, at + entry.after, at + entry.after, at
    FROM (SELECT n, bench_at(n, $3) AS at FROM generate_series($1, $2) AS n) AS one
    CROSS JOIN (VALUES (1, 'hold', 3600000, interval '0'),
      (2, 'charge', 1800000, interval '30 minutes'), (3, 'release', 1800000, interval '30 minutes'))
      AS entry (place, kind, amount, after) $entry$,
    'ledger_entry_' || suffix) USING first, last, total;
  COMMIT;
  PERFORM finish_partitions(suffix);
  EXECUTE format('CREATE INDEX ON %I (allocation, seq)', 'ledger_entry_' || suffix);
  COMMIT;
  EXECUTE format('ALTER TABLE run ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    'run_' || suffix, month, following);
  EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    'ledger_entry_' || suffix, month, following);
  COMMIT;
  UPDATE allocation_balance SET charged_gpu_ms = charged_gpu_ms + filled.charged
  FROM (
    SELECT 'bench-a' || n % 32 + 1 AS allocation, count(*) * 1800000 AS charged
    FROM generate_series(first, last) AS n GROUP BY 1) AS filled
  WHERE allocation_balance.allocation = filled.allocation;
  INSERT INTO allocation_day AS standing
  SELECT allocation, at::date, at::date, count(*), sum(used), 0, 0, 0, coalesce(sum(used), 0), 0, 0,
    sum(held), 0, 0
  FROM (
    SELECT 'bench-a' || n % 32 + 1 AS allocation, bench_at(n, total) + after AS at, used, held
    FROM generate_series(first, last) AS n
    CROSS JOIN (VALUES (interval '0', NULL::bigint, 3600000::bigint),
      (interval '30 minutes', 1800000, -1800000), (interval '30 minutes', NULL, -1800000))
      AS entry (after, used, held)) AS entries
  GROUP BY 1, 2
  ON CONFLICT (allocation, day, recorded_on) DO UPDATE SET
    entries = standing.entries + excluded.entries,
    delivered_gpu_ms = coalesce(
      standing.delivered_gpu_ms + excluded.delivered_gpu_ms,
      standing.delivered_gpu_ms, excluded.delivered_gpu_ms),
    charged_gpu_ms = standing.charged_gpu_ms + excluded.charged_gpu_ms,
    held_gpu_ms = standing.held_gpu_ms + excluded.held_gpu_ms;
  INSERT INTO rated_day AS standing
  SELECT (bench_at(n, total) + interval '30 minutes')::date, 'bench-a' || n % 32 + 1, 'gpu', 1,
    count(*) * 1800000
  FROM generate_series(first, last) AS n GROUP BY 1, 2
  ON CONFLICT (day, allocation, partition, rate_version) DO UPDATE SET
    delivered_gpu_ms = standing.delivered_gpu_ms + excluded.delivered_gpu_ms;
  INSERT INTO borne_day AS standing
  SELECT bench_at(n, total)::date, 'bench-a' || n % 32 + 1, 'm-bench', 'bench-p' || n % 32 + 1,
    'open', 'state', false, count(*) * 1800000
  FROM generate_series(first, last) AS n GROUP BY 1, 2, 4
  ON CONFLICT (day, allocation, member, project, programme, funder, commercial) DO UPDATE SET
    used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms;
  INSERT INTO use_day AS standing
    (allocation, member, project, programme, funder, day, used_gpu_ms)
  SELECT 'bench-a' || n % 32 + 1, 'm-bench', 'bench-p' || n % 32 + 1, 'open', 'state',
    use_day_of(bench_at(n, total) + interval '30 minutes'), count(*) * 1800000
  FROM generate_series(first, last) AS n GROUP BY 1, 3, 6
  ON CONFLICT (allocation, member, project, programme, funder, day) DO UPDATE SET
    used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms;
END $$;

SELECT make_months(polder_now() - interval '123 days', polder_now());

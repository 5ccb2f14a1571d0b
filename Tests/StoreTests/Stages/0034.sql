-- Order, limits, classes, licences, lists of partitions: after the migrations up to 0034.
INSERT INTO queue_order VALUES (true, false, 1, 1, 1, 1, 1, 1, 1, 60, 1, 1, 0, NULL, '{gpu}', '{1}',
  '{fast}', '{2}', '{scan}', '{3}', '{m-alice}', '{4}');
INSERT INTO qos_class VALUES ('urgent', 500000, false, 'USR1', 0, true, '{scan}'),
  ('spare', 0, true, 'TERM', 60, false, '{}');
INSERT INTO queue_limit (id, scope, member, project, most_gpus, most_held_gpu_ms, each)
VALUES ('each', 'everybody', NULL, NULL, 8, NULL, 'member'),
  ('alice', 'member', 'm-alice', 'scan', NULL, 9000, NULL);
INSERT INTO licence VALUES ('solver', 3);
UPDATE node SET features = '{ib}', switches = '{core,leaf}' WHERE name = 'gn01';
INSERT INTO cap (id, is_described, scope, programmes, share_funder, share_basis_points, strength)
VALUES ('modes', true, 'programmes', '{fast,play}', 'state', 2000, 'hard');
SELECT count_cap('modes');
INSERT INTO partition (name, whole_nodes, default_limit_seconds, maximum_limit_seconds, gpus_per_gpu,
  cpus_per_gpu, memory_mib_per_gpu)
VALUES ('big', true, 60, 3600, 1, 20, 1000);
INSERT INTO rate_card (partition, version, per_gpu_thousandths, per_cpu_thousandths,
  per_gib_thousandths, in_force_from)
VALUES ('big', 1, 1000, 50, 8, polder_now());
INSERT INTO partition_node VALUES ('big', 'gn01');

-- An array in the second of its partitions: one task is given back, one costs what it held, one waits.
INSERT INTO job (name, member, project, partition, other_partitions, node_count, gpus_per_node,
  cpus_per_node, memory_mib_per_node, limit_seconds, least_limit_seconds, array_indices, array_throttle,
  requeue, origin, content_sha256, features, excluded_nodes, nice, qos, licences, licence_counts,
  dependency_rule)
VALUES ('array', 'm-alice', 'scan', 'gpu', '{big}', 1, 1, 20, 1000, 600, 60, '{1,2,3}', 2, false,
  'polder', '', 'ib', '{gn09}', 5, 'urgent', '{solver}', '{1}', 'any');
INSERT INTO job_dependency (job, position, condition, on_job, on_task_index, delay_seconds)
VALUES (5, 0, 'after', 2, NULL, 300), (5, 1, 'aftercorr', 4, 1, 0);
INSERT INTO task (job, task_index, state, attempts, outcome, limit_seconds, began_at)
VALUES (5, 1, 'ended', 1, 'node-failed', NULL, '2026-06-10Z'),
  (5, 2, 'ended', 1, 'timed-out', 60, '2026-06-10Z'), (5, 3, 'waiting', 0, NULL, NULL, NULL);
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, refund_reason, requeued,
  bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial, allocated,
  evicted_at, partition)
VALUES
  (5, 1, 1, 'scan-2', '{gn01}', 1, 20, 1000, 1000, 1, 70, 60, 'ended', '2026-06-10Z', '2026-06-10Z',
    '2026-06-11Z', 'node-failed', 0, 9, 70, 'node-failure', false, 'm-alice', 'scan', 'fast', 'state',
    false, '{gn01:4:80:1000}', NULL, 'big'),
  (5, 2, 1, 'scan-2', '{gn01}', 1, 20, 1000, 1000, 1, 60, 60, 'ended', '2026-06-10Z', '2026-06-10Z',
    '2026-06-11Z', 'timed-out', 0, 9, 60, NULL, false, 'm-alice', 'scan', 'fast', 'state', false, '{}',
    '2026-06-10 12:00Z', 'big');
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  corrects, effective_at, recorded_at, booked_at)
VALUES
  ('hold:P5_1.1', 'hold', 'scan-2', 70, 5, 1, 1, NULL, NULL, '2026-06-10Z', '2026-06-10Z',
    '2026-06-10Z'),
  ('hold:P5_2.1', 'hold', 'scan-2', 60, 5, 2, 1, NULL, NULL, '2026-06-10Z', '2026-06-10Z',
    '2026-06-10Z'),
  ('charge:P5_1.1', 'charge', 'scan-2', 70, 5, 1, 1, NULL, NULL, '2026-06-11Z', '2026-06-11Z',
    '2026-06-10Z'),
  ('charge:P5_2.1', 'charge', 'scan-2', 60, 5, 2, 1, NULL, NULL, '2026-06-11Z', '2026-06-11Z',
    '2026-06-10Z'),
  ('refund:P5_1.1', 'refund', 'scan-2', 70, 5, 1, 1, 'node-failure', 'charge:P5_1.1', '2026-06-11Z',
    '2026-06-11Z', '2026-06-10Z');

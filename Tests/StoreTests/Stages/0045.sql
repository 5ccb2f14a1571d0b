-- Shares of GPUs, adopted jobs, notes, sums by rate: after the migrations up to 0045.
UPDATE books SET open_from = '2026-07-01Z';
INSERT INTO accounting_period (month, closed_at, closed_by, entry_count, last_seq, sha256)
SELECT month, '2026-07-02Z', 'm-beheer', entries, last, sha
FROM (VALUES ('2026-06-01'::date)) AS closed (month), pg_temp.seal_of(month);
INSERT INTO node (name, gpu_type, gpus, cpus, memory_mib, shards_per_gpu)
VALUES ('gn02', 'h100', 4, 80, 512000, 10);
INSERT INTO node_change (node, at, up, gpus, weight_thousandths)
VALUES ('gn02', '2026-07-01Z', true, 4, 10000);

INSERT INTO job (name, member, project, partition, node_count, gpus_per_node, gpu_thousandths_per_node,
  cpus_per_node, memory_mib_per_node, limit_seconds, array_indices, requeue, origin, slurm_job_id,
  content_sha256)
VALUES ('shard', 'm-alice', 'scan', 'gpu', 1, 1, 500, 10, 1000, 600, '{}', false, 'adopted', 99, '');
INSERT INTO task (job, task_index, state, attempts, outcome, rebound_slurm_job_id, began_at, ended_at)
VALUES (6, -1, 'ended', 1, 'completed', 100, '2026-07-03Z', '2026-07-04Z');
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, gpu_thousandths_per_node,
  cpus_per_node, memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds,
  state, committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued,
  bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial)
VALUES (6, -1, 1, 'scan-3', '{gn02}', 1, 500, 10, 1000, 500, 2, 400, 600, 'ended', '2026-07-03Z',
  '2026-07-03Z', '2026-07-04Z', 'completed', 0, 0, 300, false, 'm-alice', 'scan', 'fast', 'state',
  false);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  corrects, requested_by, approved_by, effective_at, recorded_at, booked_at)
VALUES
  ('hold:P6.1', 'hold', 'scan-3', 400, 6, -1, 1, NULL, NULL, NULL, NULL, '2026-07-03Z', '2026-07-03Z',
    '2026-07-03Z'),
  ('charge:P6.1', 'charge', 'scan-3', 300, 6, -1, 1, NULL, NULL, NULL, NULL, '2026-07-04Z',
    '2026-07-04Z', '2026-07-03Z'),
  ('release:P6.1', 'release', 'scan-3', 100, 6, -1, 1, NULL, NULL, NULL, NULL, '2026-07-04Z',
    '2026-07-04Z', '2026-07-03Z'),
  ('debit:by-hand-e', 'debit', 'scan-3', 100, 6, -1, 1, 'miscount', 'charge:P6.1', 'm-beheer',
    'm-alice', '2026-07-05Z', '2026-07-05Z', '2026-07-03Z'),
  ('transfer:by-hand-f:out', 'transfer-out', 'scan-3', 50, NULL, NULL, NULL, NULL, NULL, 'm-beheer',
    'm-alice', '2026-07-05Z', '2026-07-05Z', '2026-07-05Z'),
  ('transfer:by-hand-f:in', 'transfer-in', 'scan-2', 50, NULL, NULL, NULL, NULL, NULL, 'm-beheer',
    'm-alice', '2026-07-05Z', '2026-07-05Z', '2026-07-05Z');
INSERT INTO act_note (act, note) VALUES ('debit:by-hand-e', 'counted anew'),
  ('transfer:by-hand-f', 'for the course');

-- Money beyond a run, caps, and the first months closed: after the migrations up to 0007.
UPDATE books SET open_from = '2026-04-01Z';
INSERT INTO accounting_period (month, closed_at, closed_by, entry_count, last_seq, sha256)
SELECT month::date, '2026-04-02Z', 'm-beheer', entries, last, sha
FROM generate_series('2026-01-01'::timestamp, '2026-03-01', '1 month') AS month,
  pg_temp.seal_of(month::date);

INSERT INTO programme (id, name, funder, mode, least_gpu_ms, most_gpu_ms, maximum_months, demand,
  access_working_days, burst_basis_points, carry_over_basis_points)
VALUES ('fast', 'F', 'state', 'Fast Lane', 1, 90000, 12, 'open', 4, 1000, 2500);
INSERT INTO allocation (id, project, programme, granted_gpu_ms, window_from, window_to,
  opening_gpu_ms, follows)
VALUES
  ('scan-2', 'scan', 'fast', 12000, '2026-04-01Z', '2027-04-01Z', 0, NULL),
  ('scan-3', 'scan', 'fast', 6000, '2026-04-01Z', '2027-10-01Z', 0, 'scan-2'),
  ('scan-0', 'scan', 'play', 700, '2026-02-01Z', '2026-05-01Z', 0, NULL);
INSERT INTO cap (id, is_described, scope, member, project, funder, limit_gpu_ms, window_from,
  window_to, strength)
VALUES
  ('alice', true, 'member', 'm-alice', 'scan', NULL, 90000, NULL, NULL, 'hard'),
  ('all', true, 'funder', NULL, NULL, 'state', 99000, '2026-04-01Z', '2027-01-01Z', 'soft');
SELECT count_cap(id) FROM cap;

INSERT INTO job (name, member, project, allocation, partition, node_count, gpus_per_node,
  cpus_per_node, memory_mib_per_node, limit_seconds, array_indices, requeue, origin, slurm_job_id,
  content_sha256)
VALUES ('long', 'm-alice', 'scan', 'scan-2', 'gpu', 1, 1, 20, 1000, 600, '{}', false, 'slurm', 71,
  '');
INSERT INTO task (job, task_index, state, attempts, outcome) VALUES (3, -1, 'ended', 1, 'completed');
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued,
  bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial)
VALUES (3, -1, 1, 'scan-2', '{gn01}', 1, 20, 1000, 1000, 1, 600, 600, 'ended',
  '2026-04-30 22:00Z', '2026-04-30 22:00Z', '2026-05-01 02:00Z', 'completed', 0, 0, 640, false,
  'm-alice', 'scan', 'fast', 'state', false);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at, recorded_at, booked_at)
VALUES
  ('grant:scan-2:1', 'grant', 'scan-2', 12000, '2026-04-01Z', '2026-04-03Z', '2026-04-03Z'),
  ('deferral:scan-2:1', 'deferral', 'scan-2', 9000, '2026-04-01Z', '2026-04-03Z', '2026-04-03Z'),
  ('grant:scan-3:1', 'grant', 'scan-3', 6000, '2026-04-01Z', '2026-04-03Z', '2026-04-03Z'),
  ('instalment:scan-2:2', 'instalment', 'scan-2', 1000, '2026-05-01Z', '2026-05-01Z', '2026-05-01Z'),
  ('withdrawal:scan-3:2', 'withdrawal', 'scan-3', 500, '2026-05-02Z', '2026-05-02Z', '2026-05-02Z');
-- Told late, of a month that is closed.
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at, recorded_at, booked_at,
  belated_month)
VALUES ('grant:scan-0:1', 'grant', 'scan-0', 700, '2026-04-01Z', '2026-04-04Z', '2026-04-04Z',
  '2026-02-01');
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason,
  effective_at, recorded_at, booked_at)
VALUES
  ('hold:P3.1', 'hold', 'scan-2', 500, 3, -1, 1, 0, NULL, '2026-04-30 22:00Z', '2026-04-30 22:00Z',
    '2026-04-30 22:00Z'),
  ('hold:P3.1/1', 'hold', 'scan-2', 100, 3, -1, 1, 1, NULL, '2026-04-30 23:00Z',
    '2026-04-30 23:00Z', '2026-04-30 22:00Z'),
  ('charge:P3.1', 'charge', 'scan-2', 320, 3, -1, 1, 0, NULL, '2026-04-30 23:59:59.999Z',
    '2026-05-01 02:00:01Z', '2026-04-30 22:00Z'),
  ('charge:P3.1/1', 'charge', 'scan-2', 270, 3, -1, 1, 1, NULL, '2026-05-01 02:00Z',
    '2026-05-01 02:00:01Z', '2026-04-30 22:00Z'),
  ('release:P3.1', 'release', 'scan-2', 10, 3, -1, 1, 0, NULL, '2026-05-01 02:00Z',
    '2026-05-01 02:00:01Z', '2026-04-30 22:00Z'),
  ('overrun:P3.1', 'overrun', 'scan-2', 50, 3, -1, 1, 0, 'past-limit', '2026-05-01 02:00Z',
    '2026-05-01 02:00:01Z', '2026-04-30 22:00Z');
-- By hand: moved, given back, adjusted; and what a window leaves moves on or expires.
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  corrects, requested_by, approved_by, effective_at, recorded_at, booked_at)
VALUES
  ('transfer:by-hand-a:out', 'transfer-out', 'scan-2', 800, NULL, NULL, NULL, NULL, NULL, 'm-beheer',
    'm-alice', '2026-05-03Z', '2026-05-03Z', '2026-05-03Z'),
  ('transfer:by-hand-a:in', 'transfer-in', 'scan-3', 800, NULL, NULL, NULL, NULL, NULL, 'm-beheer',
    'm-alice', '2026-05-03Z', '2026-05-03Z', '2026-05-03Z'),
  ('refund:by-hand-b', 'refund', 'scan-2', 20, 3, -1, 1, 'site-fault', 'charge:P3.1', 'm-beheer',
    'm-alice', '2026-05-04Z', '2026-05-04Z', '2026-04-30 22:00Z'),
  ('debit:by-hand-c', 'debit', 'scan-2', 5, 3, -1, 1, 'miscount', 'charge:P3.1/1', 'm-beheer',
    'm-beheer', '2026-05-05Z', '2026-05-05Z', '2026-04-30 22:00Z'),
  ('credit:by-hand-d', 'credit', 'scan-1', 30, NULL, NULL, NULL, 'miscount', 'opening:scan-1',
    'm-beheer', 'm-beheer', '2026-05-05Z', '2026-05-05Z', '2026-05-05Z');
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, reason, effective_at, recorded_at,
  booked_at)
VALUES
  ('carry:scan-0:out', 'transfer-out', 'scan-0', 175, 'carried-over', '2026-05-01Z', '2026-05-06Z',
    '2026-05-06Z'),
  ('carry:scan-0:in', 'transfer-in', 'scan-2', 175, 'carried-over', '2026-05-01Z', '2026-05-06Z',
    '2026-05-06Z'),
  ('expiry:scan-0:1', 'expiry', 'scan-0', 525, NULL, '2026-05-01Z', '2026-05-06Z', '2026-05-06Z');

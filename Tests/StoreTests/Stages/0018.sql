-- Rate cards with dates, policies, frozen facts and sums by day: after the migrations up to 0018.
UPDATE books SET open_from = '2026-06-01Z';
INSERT INTO accounting_period (month, closed_at, closed_by, entry_count, last_seq, sha256,
  facts_sha256)
SELECT month, '2026-06-02Z', 'm-beheer', entries, last, sha, sha256(convert_to(month::text, 'UTF8'))
FROM (VALUES ('2026-04-01'::date), ('2026-05-01')) AS closed (month), pg_temp.seal_of(month);
-- No migration reads what is in them.
INSERT INTO period_facts
SELECT month, convert_to(month::text, 'UTF8') FROM accounting_period WHERE facts_sha256 IS NOT NULL;

INSERT INTO rate_card (partition, version, per_gpu_thousandths, per_cpu_thousandths,
  per_gib_thousandths, in_force_from, per_shared_gpu_thousandths, cents_per_gpu_hour)
VALUES ('gpu', 2, 2000, 50, 8, polder_now(), 1000, 250);
INSERT INTO rate_of_gpu_type VALUES ('gpu', 2, 'h100', 2500);
UPDATE programme SET policy_at_end = 'go-on', policy_overrun_gpu_ms = 900,
  pace_basis_points = '{5000,4000}', under_use_below_basis_points = 4000 WHERE id = 'fast';
UPDATE allocation SET suspended_at = '2026-06-03Z', policy_at_end = 'kill',
  policy_at_exhaustion = 'signal', policy_signal = 'TERM', policy_ahead_seconds = 60,
  policy_overrun_gpu_ms = 0 WHERE id = 'scan-3';
INSERT INTO report_role VALUES ('polder_report', 'state');
SELECT append_audit_line('m-beheer', 'apply', 'centre', 'done', 'a test', '');

INSERT INTO job (name, member, project, allocation, partition, node_count, gpus_per_node,
  cpus_per_node, memory_mib_per_node, limit_seconds, limit_changed_at, array_indices, requeue, origin,
  idempotency_key, content_sha256, name_erased_at)
VALUES ('erased', 'm-alice', 'scan', 'scan-2', 'gpu', 1, 4, 80, 1000, 600, '2026-06-04Z', '{}', true,
  'polder', NULL, '', '2026-06-09Z');
INSERT INTO job_payload (job, uid, gid, script, environment, working_directory, task_count,
  cpus_per_task, cleared_at)
VALUES (4, 1, 1, '', '{}', '/', 1, 1, '2026-06-09Z');
INSERT INTO task (job, task_index, state, attempts, outcome)
VALUES (4, -1, 'ended', 2, 'completed');
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, refund_reason, requeued,
  bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial, signalled,
  told_limit_seconds, end_cause, past_end_gpu_ms)
VALUES
  (4, -1, 1, 'scan-2', '{gn01}', 4, 80, 1000, 10000, 2, 900, 600, 'ended', '2026-06-05Z',
    '2026-06-05Z', '2026-06-05 01:00Z', 'preempted', 0, 15, 300, 'preempted', true, 'm-alice', 'scan',
    'fast', 'state', false, true, 500, 'preempted', 0),
  (4, -1, 2, 'scan-2', '{gn01}', 4, 80, 1000, 10000, 2, 900, 600, 'ended', '2026-06-06Z',
    '2026-06-06Z', '2026-06-07Z', 'completed', 0, 0, 950, NULL, false, 'm-alice', 'scan', 'fast',
    'state', false, false, NULL, NULL, 100);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  corrects, effective_at, recorded_at, booked_at)
VALUES
  ('hold:P4.1', 'hold', 'scan-2', 900, 4, -1, 1, NULL, NULL, '2026-06-05Z', '2026-06-05Z',
    '2026-06-05Z'),
  ('charge:P4.1', 'charge', 'scan-2', 300, 4, -1, 1, NULL, NULL, '2026-06-05 01:00Z', '2026-06-05 01:01Z',
    '2026-06-05Z'),
  ('release:P4.1', 'release', 'scan-2', 600, 4, -1, 1, NULL, NULL, '2026-06-05 01:00Z',
    '2026-06-05 01:01Z', '2026-06-05Z'),
  ('refund:P4.1', 'refund', 'scan-2', 300, 4, -1, 1, 'preempted', 'charge:P4.1', '2026-06-05 01:01Z',
    '2026-06-05 01:01Z', '2026-06-05Z');
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  effective_at, recorded_at, booked_at)
VALUES
  ('hold:P4.2', 'hold', 'scan-2', 900, 4, -1, 2, NULL, '2026-06-06Z', '2026-06-06Z', '2026-06-06Z'),
  ('charge:P4.2', 'charge', 'scan-2', 850, 4, -1, 2, NULL, '2026-06-07Z', '2026-06-07Z', '2026-06-06Z'),
  ('release:P4.2', 'release', 'scan-2', 50, 4, -1, 2, NULL, '2026-06-07Z', '2026-06-07Z',
    '2026-06-06Z'),
  ('overrun:P4.2', 'overrun', 'scan-2', 100, 4, -1, 2, 'past-end', '2026-06-07Z', '2026-06-07Z',
    '2026-06-06Z');

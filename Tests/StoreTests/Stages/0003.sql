-- A row or more of every table: a run that ended and was refunded, and one under way.
INSERT INTO funder VALUES ('state', 'State', NULL, NULL);
INSERT INTO funder_contribution VALUES ('state', 0, '2026-01-01', 70000000);
INSERT INTO funder_share VALUES ('state', 0, '2026-01-01', 10000);
INSERT INTO programme VALUES ('play', 'P', 'state', 'Playground', 1, 9, 3, 'open', 2, NULL);
INSERT INTO node VALUES ('gn01', 'h100', 4, 80, 512000, NULL);
INSERT INTO rate_card VALUES ('gpu', 1, 1000, 50, 8);
INSERT INTO partition VALUES ('gpu', false, 60, 3600, 1, 20, 1000, 1, NULL);
INSERT INTO partition_node VALUES ('gpu', 'gn01');
INSERT INTO organisation VALUES ('umcg', 'U', 'SME', 'NL', 'health', NULL);
INSERT INTO member VALUES ('m-alice', NULL);
INSERT INTO person VALUES ('m-alice', 'anouk', 'A');
INSERT INTO project VALUES ('scan', 'R', 'T', 'umcg', false, NULL);
INSERT INTO membership VALUES ('scan', 'm-alice', 'PI');
INSERT INTO allocation
  VALUES ('scan-1', 'scan', 'play', 9000, '2026-01-01', '2027-01-01', 100, NULL);
INSERT INTO admin_act (actor, action, object) VALUES ('m-beheer', 'apply', 'centre');
INSERT INTO receipt VALUES ('r');
INSERT INTO job (name, member, project, partition, node_count, gpus_per_node, cpus_per_node,
  memory_mib_per_node, limit_seconds, array_indices, requeue, origin, content_sha256)
SELECT 'train', 'm-alice', 'scan', 'gpu', 1, 1, 20, 1000, 60, '{}', false, 'polder', ''
FROM generate_series(1, 2);
INSERT INTO job_payload VALUES (1, 1, 1, 's', '{}', '/', NULL, NULL, NULL, NULL, 1, 1);
INSERT INTO job_dependency VALUES (2, 0, 'afterany', 1);
INSERT INTO task (job, task_index, state, attempts, outcome)
  VALUES (1, -1, 'ended', 1, 'node-failed'), (2, -1, 'running', 1, NULL);
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
  memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
  committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued)
VALUES
  (1, -1, 1, 'scan-1', '{gn01}', 1, 20, 1000, 1000, 1, 500, 60, 'ended', '2026-03-31 23:59:59Z',
    '2026-04-01', '2026-04-01 01:00Z', 'node-failed', 1, 0, 400, false),
  (2, -1, 1, 'scan-1', '{gn01}', 1, 20, 1000, 1000, 1, 500, 60, 'running', '2026-04-30 12:00Z',
    '2026-04-30 12:00Z', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO directive (kind, job, task_index, attempt) VALUES ('start', 2, -1, 1);
INSERT INTO node_change (node, at, up, gpus) VALUES ('gn01', '2026-01-01', true, 4);
INSERT INTO record_cursor (cursor) VALUES ('1:2:3');
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
  corrects, effective_at, recorded_at)
VALUES
  ('grant:scan-1:1', 'grant', 'scan-1', 9000, NULL, NULL, NULL, NULL, NULL, '2026-01-01',
    '2026-01-02'),
  ('opening:scan-1', 'opening', 'scan-1', 100, NULL, NULL, NULL, 'taken-over', NULL,
    '2026-01-01', '2026-01-02'),
  ('hold:P1.1', 'hold', 'scan-1', 500, 1, -1, 1, NULL, NULL, '2026-03-31', '2026-03-31'),
  ('charge:P1.1', 'charge', 'scan-1', 400, 1, -1, 1, NULL, NULL, '2026-04-01', '2026-04-01'),
  ('release:P1.1', 'release', 'scan-1', 100, 1, -1, 1, NULL, NULL, '2026-04-01', '2026-04-01'),
  ('refund:P1.1', 'refund', 'scan-1', 400, 1, -1, 1, 'node-failure', 'charge:P1.1',
    '2026-04-01', '2026-04-01'),
  ('hold:P2.1', 'hold', 'scan-1', 500, 2, -1, 1, NULL, NULL, '2026-04-30', '2026-04-30');

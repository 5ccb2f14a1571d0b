-- As settled.sql, of 64 jobs together: rows of one kind are one statement, in the order in which the
-- store writes them. Locks of balances are taken in one order by the triggers.
\set many 64
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
WITH made AS (INSERT INTO job (name, member, project, allocation, partition, node_count, gpus_per_node, cpus_per_node, memory_mib_per_node, gpu_type, limit_seconds, array_indices, array_throttle, not_before, requeue, origin, idempotency_key, content_sha256) SELECT 'train', 'm-bench', 'bench-p' || (1 + place % 32)::text, NULL, 'gpu', 1, 1, 20, 128000, 'h100', 3600, '{}', NULL, NULL, false, 'polder', md5(random()::text), sha256('0123456789abcdef') FROM generate_series(1, :many::integer) AS place RETURNING number, submitted_at) SELECT array_agg(number)::text AS jobs, min(submitted_at) AS at FROM made \gset
INSERT INTO job_payload (job, uid, gid, script, environment, working_directory, task_count, cpus_per_task) SELECT job, 64005, 64005, E'#!/bin/sh\nsrun python train.py\n', '{PATH=/usr/bin,HOME=/home/bench}', '/home/bench', 1, 20 FROM unnest(:jobs::bigint[]) AS job;
INSERT INTO task (job, task_index) SELECT job, -1 FROM unnest(:jobs::bigint[]) AS job;
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE task SET state = 'starting', attempts = 1, generation = 1 WHERE job = ANY (:jobs::bigint[]) AND task_index = -1;
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node, memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state, committed_at, bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial) SELECT number, -1, 1, 'bench-a' || substr(project, 8), '{gn1001}', 1, 20, 128000, 1000, 1, 3600000, 3600, 'starting', :at::timestamptz, 'm-bench', project, 'open', 'state', false FROM job WHERE number = ANY (:jobs::bigint[]);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at, recorded_at, booked_at) SELECT 'hold' || chr(58) || 'P' || number::text || '.1', 'hold', 'bench-a' || substr(project, 8), 3600000, number, -1, 1, polder_now(), polder_now(), :at::timestamptz FROM job WHERE number = ANY (:jobs::bigint[]);
INSERT INTO directive (kind, job, task_index, attempt) SELECT 'start', job, -1, 1 FROM unnest(:jobs::bigint[]) AS job;
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE task SET state = 'running' WHERE job = ANY (:jobs::bigint[]) AND task_index = -1;
UPDATE run SET state = 'running', started_at = polder_now(), slurm_job_id = job, devices = '{gn1001:0}' WHERE job = ANY (:jobs::bigint[]) AND task_index = -1 AND attempt = 1 AND committed_at = :at::timestamptz;
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE run SET state = 'ended', ended_at = polder_now(), outcome = 'completed', exit_code = 0, signal = 0, used_gpu_ms = 1800000, requeued = false WHERE job = ANY (:jobs::bigint[]) AND task_index = -1 AND attempt = 1 AND committed_at = :at::timestamptz;
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at, recorded_at, booked_at) SELECT kind || chr(58) || 'P' || number::text || '.1', kind, 'bench-a' || substr(project, 8), 1800000, number, -1, 1, polder_now(), polder_now(), :at::timestamptz FROM job, unnest('{charge,release}'::text[]) WITH ORDINALITY AS one (kind, place) WHERE number = ANY (:jobs::bigint[]) ORDER BY number, place;
UPDATE task SET state = 'ended', outcome = 'completed', ended_at = polder_now() WHERE job = ANY (:jobs::bigint[]) AND task_index = -1;
UPDATE directive SET finished_at = polder_now() WHERE finished_at IS NULL AND job = ANY (:jobs::bigint[]) AND task_index = -1;
COMMIT;

-- The row writes of one settled job as PostgresStore makes them, and nothing else: no read, no
-- lock, no check of its own; the constraints and triggers are the same. For pgbench -M prepared,
-- which takes every colon before a letter for a variable: hence chr(58).
\set p random(1, 32)
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
INSERT INTO job (name, member, project, allocation, partition, node_count, gpus_per_node, cpus_per_node, memory_mib_per_node, gpu_type, limit_seconds, array_indices, array_throttle, not_before, requeue, origin, idempotency_key, content_sha256) VALUES ('train', 'm-bench', 'bench-p' || :p::text, NULL, 'gpu', 1, 1, 20, 128000, 'h100', 3600, '{}', NULL, NULL, false, 'polder', md5(random()::text), sha256('0123456789abcdef')) RETURNING number AS job, submitted_at AS at \gset
INSERT INTO job_payload (job, uid, gid, script, environment, working_directory, task_count, cpus_per_task) VALUES (:job, 64005, 64005, E'#!/bin/sh\nsrun python train.py\n', '{PATH=/usr/bin,HOME=/home/bench}', '/home/bench', 1, 20);
INSERT INTO task (job, task_index) VALUES (:job, -1);
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE task SET state = 'starting', attempts = 1, generation = 1 WHERE job = :job AND task_index = -1;
INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node, memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state, committed_at, bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial) VALUES (:job, -1, 1, 'bench-a' || :p::text, '{gn1001}', 1, 20, 128000, 1000, 1, 3600000, 3600, 'starting', :at, 'm-bench', 'bench-p' || :p::text, 'open', 'state', false);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at, recorded_at, booked_at) VALUES ('hold' || chr(58) || 'P' || :job::text || '.1', 'hold', 'bench-a' || :p::text, 3600000, :job, -1, 1, polder_now(), polder_now(), :at);
INSERT INTO directive (kind, job, task_index, attempt) VALUES ('start', :job, -1, 1);
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE task SET state = 'running' WHERE job = :job AND task_index = -1;
UPDATE run SET state = 'running', started_at = polder_now(), slurm_job_id = :job, devices = '{gn1001:0}' WHERE job = :job AND task_index = -1 AND attempt = 1 AND committed_at = :at;
COMMIT;
BEGIN;
INSERT INTO receipt (id) VALUES (md5(random()::text));
UPDATE run SET state = 'ended', ended_at = polder_now(), outcome = 'completed', exit_code = 0, signal = 0, used_gpu_ms = 1800000, requeued = false WHERE job = :job AND task_index = -1 AND attempt = 1 AND committed_at = :at;
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at, recorded_at, booked_at) VALUES ('charge' || chr(58) || 'P' || :job::text || '.1', 'charge', 'bench-a' || :p::text, 1800000, :job, -1, 1, polder_now(), polder_now(), :at);
INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, effective_at, recorded_at, booked_at) VALUES ('release' || chr(58) || 'P' || :job::text || '.1', 'release', 'bench-a' || :p::text, 1800000, :job, -1, 1, polder_now(), polder_now(), :at);
UPDATE task SET state = 'ended', outcome = 'completed', ended_at = polder_now() WHERE job = :job AND task_index = -1;
UPDATE directive SET finished_at = polder_now() WHERE finished_at IS NULL AND job = :job AND task_index = -1;
COMMIT;

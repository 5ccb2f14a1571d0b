-- Who may do what: three groups have rights, and nobody else but the owner. Run again after every
-- migration, in its transaction: what stands here is all. A table that a migration makes gets its
-- lines here; a test lists the rights on every table.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM polder_daemon, polder_report, polder_auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM polder_daemon, polder_report, polder_auditor;
-- A trigger function that runs as the owner would serve a table of anybody's own: nobody may call
-- or use any function but those named here. What checks and queries call can do no harm.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public
  FROM PUBLIC, polder_daemon, polder_report, polder_auditor;
DO $$
DECLARE
  harmless regprocedure;
BEGIN
  FOR harmless IN
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND NOT prosecdef
      AND prorettype <> 'trigger'::regtype
      AND proname NOT IN ('finish_partitions', 'make_months', 'post_by_statement')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO polder_daemon, polder_report, polder_auditor',
      harmless);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION append_audit_line(text, text, text, text, text, text) TO polder_daemon;
GRANT EXECUTE ON FUNCTION make_partitions(timestamptz) TO polder_daemon;
GRANT EXECUTE ON FUNCTION lock_cap_uses(bigint[], text[], timestamptz[]), count_cap(text),
  lock_cap_uses_of(bigint, bigint, bigint, timestamptz)
  TO polder_daemon;
GRANT EXECUTE ON FUNCTION rows_outside_months() TO polder_daemon, polder_auditor;
-- Who reads notes it, and nobody but the daemon takes it into the audit log; neither has a right to
-- the queue.
GRANT EXECUTE ON FUNCTION note_database_read(regclass) TO polder_auditor, polder_report;
GRANT EXECUTE ON FUNCTION take_database_reads(bigint) TO polder_daemon;

-- The daemon.
GRANT SELECT ON centre_version, funder, funder_contribution, funder_share, programme, node,
  rate_card, rate_of_gpu_type, partition, partition_node, organisation, member, person, project,
  membership, allocation, audit_line, audit_head, receipt, job, job_payload, job_dependency, task,
  run, open_run, directive, node_change, record_cursor, allocation_balance, ledger_entry, ledger_act,
  act_note, books, accounting_period, period_facts, cap, cap_use, allocation_day,
  rated_day, borne_day, queue_order, queue_limit, qos_class, licence, use_day, restoration, schema_migration, job_change,
  change_floor, promise, late_start TO polder_daemon;
GRANT UPDATE (number) ON centre_version TO polder_daemon;
GRANT INSERT, UPDATE ON funder, programme, node, partition, organisation, member, project,
  allocation TO polder_daemon;
GRANT DELETE ON restoration TO polder_daemon;
-- A change that did not happen has a row read once more, and no more.
GRANT INSERT, DELETE ON job_change TO polder_daemon;
GRANT UPDATE (xid) ON change_floor TO polder_daemon;
GRANT INSERT, DELETE ON funder_contribution, funder_share, partition_node, membership, receipt
  TO polder_daemon;
GRANT INSERT, UPDATE, DELETE ON person TO polder_daemon;
-- What is in force already, a trigger keeps.
GRANT INSERT, DELETE ON rate_card TO polder_daemon;
GRANT INSERT ON rate_of_gpu_type, job, job_payload, job_dependency, task, run, directive,
  node_change, record_cursor TO polder_daemon;
GRANT UPDATE (slurm_job_id, name, name_erased_at, idempotency_key, content_sha256,
  limit_seconds, limit_changed_at)
  ON job TO polder_daemon;
GRANT UPDATE (script, environment, cleared_at) ON job_payload TO polder_daemon;
GRANT DELETE ON job_payload TO polder_daemon;
GRANT UPDATE (state, attempts, generation, rebound_slurm_job_id, outcome, cause,
  cancel_requested_at, limit_seconds, began_at, ended_at) ON task TO polder_daemon;
GRANT UPDATE (state, weight_thousandths, hold_gpu_ms, reach_seconds, started_at, ended_at, outcome,
  exit_code, signal, used_gpu_ms, refund_reason, requeued, slurm_job_id, devices,
  signalled, told_limit_seconds, end_cause, evicted_at, past_end_gpu_ms, allocated)
  ON run TO polder_daemon;
GRANT UPDATE (finished_at, limit_seconds) ON directive TO polder_daemon;
GRANT UPDATE (cursor) ON record_cursor TO polder_daemon;
GRANT UPDATE (lock) ON allocation_balance TO polder_daemon;
GRANT INSERT (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, part, reason, corrects,
  effective_at, recorded_at, booked_at, requested_by, approved_by, belated_month)
  ON ledger_entry TO polder_daemon;
GRANT UPDATE (open_from) ON books TO polder_daemon;
GRANT DELETE ON act_note TO polder_daemon;
GRANT INSERT ON accounting_period, period_facts, act_note TO polder_daemon;
GRANT INSERT, UPDATE, DELETE ON cap, queue_limit, qos_class, licence, promise TO polder_daemon;
GRANT INSERT (job, task_index, promised_for, expected_for, cause, nodes, found_at)
  ON late_start TO polder_daemon;
GRANT INSERT, DELETE ON queue_order TO polder_daemon;
GRANT USAGE, SELECT ON SEQUENCE ledger_entry_seq TO polder_daemon;

-- The auditor: all but names, what can hold secrets, and what Slurm said of a job.
GRANT SELECT ON centre_version, funder, funder_contribution, funder_share, programme, node,
  rate_card, rate_of_gpu_type, partition, partition_node, organisation, member, project, membership,
  allocation, audit_line, audit_head, receipt, job_dependency, run, open_run, directive,
  node_change, record_cursor, allocation_balance, ledger_entry, ledger_act, act_note, books,
  accounting_period, period_facts, cap, cap_use, allocation_day, rated_day, borne_day, queue_order,
  queue_limit,
  qos_class, licence, use_day, restoration, schema_migration, job_change, change_floor, report_role,
  promise, late_start TO polder_auditor;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['job', 'task'] LOOP
    EXECUTE format('GRANT SELECT (%s) ON %I TO polder_auditor', (
      SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
      WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped
        AND attname NOT IN ('name', 'idempotency_key', 'content_sha256', 'cause')), name);
  END LOOP;
END
$$;

-- Reporting: a funder's own.
GRANT SELECT ON funder, funder_contribution, funder_share, programme, allocation,
  allocation_balance, ledger_entry, report_role TO polder_report;
-- Of its runs what they held, used and cost; not where they ran, nor what Slurm said.
GRANT SELECT (job, task_index, attempt, allocation, gpus_per_node, cpus_per_node,
  memory_mib_per_node, gpu_thousandths_per_node, weight_thousandths, rate_version, hold_gpu_ms,
  reach_seconds, state, committed_at, started_at, ended_at, outcome, used_gpu_ms, past_end_gpu_ms,
  refund_reason, requeued, partition) ON run TO polder_report;
-- Digests of whole months, which are nobody's own.
GRANT SELECT ON accounting_period TO polder_report;

-- Who sees which rows. What auditors and funders read is noted, but for what the centre is described
-- with and what tells of nobody; a table of tomorrow is noted unless it is named here.
DO $$
DECLARE
  plain CONSTANT text[] := ARRAY['accounting_period', 'audit_head', 'books', 'centre_version',
    'change_floor', 'job_change', 'licence', 'node', 'node_change', 'partition', 'partition_node',
    'qos_class', 'queue_order', 'rate_card', 'rate_of_gpu_type', 'receipt', 'record_cursor',
    'restoration', 'schema_migration'];
  -- Descriptions as well, of which a funder sees its own.
  divided CONSTANT text[] := ARRAY['funder', 'programme'];
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY(
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND has_any_column_privilege('polder_auditor', oid, 'SELECT') AND relname <> ALL (plain))
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS daemon_sees_all ON %I', name);
    EXECUTE format('DROP POLICY IF EXISTS auditor_sees_all ON %I', name);
    EXECUTE format('DROP POLICY IF EXISTS own_funder ON %I', name);
    EXECUTE format('CREATE POLICY daemon_sees_all ON %I TO polder_daemon USING (true)', name);
    EXECUTE format('CREATE POLICY auditor_sees_all ON %I FOR SELECT TO polder_auditor USING (%s)',
      name, CASE WHEN name = ANY (divided) THEN 'true'
        ELSE format('(SELECT note_database_read(%L))', name) END);
  END LOOP;
END
$$;

-- Each of these sees the one before it through that one's own policy.
CREATE POLICY own_funder ON report_role FOR SELECT TO polder_report USING (role = current_user);
CREATE POLICY own_funder ON funder FOR SELECT TO polder_report
  USING (id IN (SELECT funder FROM report_role));
CREATE POLICY own_funder ON funder_contribution FOR SELECT TO polder_report
  USING ((SELECT note_database_read('funder_contribution'))
    AND funder IN (SELECT funder FROM report_role));
CREATE POLICY own_funder ON funder_share FOR SELECT TO polder_report
  USING ((SELECT note_database_read('funder_share'))
    AND funder IN (SELECT funder FROM report_role));
CREATE POLICY own_funder ON programme FOR SELECT TO polder_report
  USING (funder IN (SELECT funder FROM report_role));
CREATE POLICY own_funder ON allocation FOR SELECT TO polder_report
  USING ((SELECT note_database_read('allocation'))
    AND programme IN (SELECT id FROM programme));
CREATE POLICY own_funder ON allocation_balance FOR SELECT TO polder_report
  USING ((SELECT note_database_read('allocation_balance'))
    AND allocation IN (SELECT id FROM allocation));
CREATE POLICY own_funder ON ledger_entry FOR SELECT TO polder_report
  USING ((SELECT note_database_read('ledger_entry'))
    AND allocation IN (SELECT id FROM allocation));
CREATE POLICY own_funder ON run FOR SELECT TO polder_report
  USING ((SELECT note_database_read('run')) AND allocation IN (SELECT id FROM allocation));

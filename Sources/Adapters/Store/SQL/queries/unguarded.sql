-- Guards of the schema that are missing or off: triggers, constraints, unique indexes, policies and
-- row-level security. What must stand is named here, since the catalog says nothing of what was
-- dropped; a test drops each that a migrated database has. Months have what their tables have.
-- Returns: what, in order
WITH trigger_of (relation, names) AS (VALUES
  ('rate_card', 'rate_card_follows rate_card_is_not_emptied rate_card_stays'),
  ('job', 'job_change_is_noted'),
  ('task', 'task_change_is_noted task_is_noted'),
  ('directive', 'directive_starts'),
  ('node_change', 'node_change_is_final'),
  ('run', 'run_change_is_noted run_changes run_is_final run_is_kept run_is_new '
    'run_is_told run_opens'),
  ('ledger_entry', 'ledger_entry_acts ledger_entry_corrects ledger_entry_is_final '
    'ledger_entry_holds ledger_entry_is_open ledger_entry_moves ledger_entry_pairs '
    'ledger_entry_refunds ledger_entry_settles ledger_entry_sums_days ledger_entry_tallies ledger_entry_uses'),
  ('ledger_act', 'ledger_act_is_final'),
  ('audit_line', 'audit_line_is_final'),
  ('late_start', 'late_start_is_final'),
  ('audit_head', 'audit_head_is_final audit_head_moves'),
  ('books', 'books_are_kept books_close'),
  ('accounting_period', 'accounting_period_is_closed accounting_period_is_final'),
  ('rate_of_gpu_type', 'rate_of_gpu_type_is_not_emptied rate_of_gpu_type_stays'),
  ('period_facts', 'period_facts_agree period_facts_is_final'),
  ('report_role', 'report_role_is_not_emptied report_role_is_told'),
  ('act_note', 'act_note_is_final')),
constraint_of (relation, names) AS (VALUES
  ('accounting_period', 'accounting_period_entry_count_check '
    'accounting_period_facts_sha256_check accounting_period_last_seq_check '
    'accounting_period_month_check accounting_period_pkey accounting_period_sha256_check'),
  ('act_note', 'act_note_note_check act_note_pkey'),
  ('allocation', 'allocation_check allocation_follows_fkey allocation_granted_gpu_ms_check '
    'allocation_opening_gpu_ms_check allocation_pkey allocation_policy_ahead_seconds_check '
    'allocation_policy_at_end_check allocation_policy_at_exhaustion_check '
    'allocation_policy_overrun_gpu_ms_check allocation_policy_signal_check '
    'allocation_programme_fkey allocation_project_fkey follows_another policy_in_full'),
  ('allocation_balance', 'allocation_balance_allocation_fkey allocation_balance_lock_check '
    'allocation_balance_pkey available_not_negative deferred_not_negative held_not_negative '
    'refunded_within_charged sums_not_negative transfers_not_negative'),
  ('allocation_day', 'allocation_day_allocation_fkey allocation_day_pkey'),
  ('audit_head', 'audit_head_is_single_check audit_head_pkey audit_head_seq_check '
    'audit_head_sha256_check'),
  ('audit_line', 'audit_line_action_check audit_line_actor_check audit_line_at_check '
    'audit_line_origin_check audit_line_pkey audit_line_previous_sha256_check '
    'audit_line_result_check audit_line_seq_check audit_line_sha256_check '
    'audit_line_sha256_key'),
  ('books', 'books_is_single_check books_pkey'),
  ('cap', 'cap_limit_gpu_ms_check cap_pkey cap_scope_check cap_share_basis_points_check '
    'cap_strength_check one_limit scope_in_full window_in_full'),
  ('cap_use', 'cap_use_cap_fkey cap_use_pkey use_not_negative'),
  ('database_read', 'database_read_number_check database_read_pkey once_per_transaction'),
  ('database_reader', 'bound_is_ahead database_reader_beyond_check database_reader_pkey '
    'database_reader_settled_check database_reader_taken_check'),
  ('centre_version', 'centre_version_is_single_check centre_version_number_check '
    'centre_version_pkey'),
  ('change_floor', 'change_floor_is_single_check change_floor_pkey'),
  ('directive', 'directive_in_full directive_job_task_index_fkey directive_kind_check '
    'directive_limit_seconds_check directive_names_its_run directive_pkey'),
  ('funder', 'funder_pkey'),
  ('funder_contribution', 'funder_contribution_funder_fkey funder_contribution_pkey'),
  ('funder_share', 'funder_share_funder_fkey funder_share_pkey'),
  ('job', 'a_count_for_each_licence job_allocation_fkey job_dependency_rule_check '
    'job_gpu_thousandths_per_node_check job_least_limit_seconds_check job_member_fkey '
    'job_most_switches_check job_nice_check job_node_count_check job_origin_check '
    'job_partition_fkey job_pkey job_project_fkey job_reservation_check one_job_per_key '
    'required_nodes_are_its_own required_or_excluded share_is_of_one_gpu switches_are_awaited'),
  ('job_dependency', 'job_dependency_check job_dependency_condition_check '
    'job_dependency_job_fkey job_dependency_on_task_index_check job_dependency_pkey'),
  ('job_payload', 'cleared_says_nothing job_payload_gid_check job_payload_job_fkey '
    'job_payload_pkey job_payload_uid_check'),
  ('ledger_act', 'ledger_act_pkey'),
  ('ledger_entry', 'approval_in_full belated_is_a_month booked_when_recorded '
    'by_hand_is_approved id_names_its_run kind_names_its_run ledger_entry_allocation_fkey '
    'ledger_entry_amount_gpu_ms_check ledger_entry_kind_check ledger_entry_part_check '
    'ledger_entry_pkey ledger_entry_reason_check run_in_full'),
  ('late_start', 'late_start_cause_check late_start_job_task_index_fkey late_start_pkey '
    'later_than_promised once_a_round'),
  ('licence', 'licence_count_check licence_pkey'),
  ('member', 'member_pkey'),
  ('membership', 'membership_member_fkey membership_pkey membership_project_fkey '
    'membership_role_check'),
  ('node', 'node_cpus_check node_gpus_check node_memory_mib_check node_pkey '
    'node_shards_per_gpu_check'),
  ('node_change', 'node_change_pkey node_change_weight_thousandths_check'),
  ('open_run', 'one_open_run_per_task'),
  ('organisation', 'organisation_pkey organisation_type_check'),
  ('partition', 'partition_pkey'),
  ('partition_node', 'partition_node_node_fkey partition_node_partition_fkey '
    'partition_node_pkey'),
  ('period_facts', 'period_facts_month_fkey period_facts_pkey'),
  ('person', 'one_member_per_account person_member_fkey person_pkey'),
  ('programme', 'programme_burst_basis_points_check programme_carry_over_basis_points_check '
    'programme_check programme_demand_check programme_funder_fkey programme_pkey '
    'programme_policy_ahead_seconds_check programme_policy_at_end_check '
    'programme_policy_at_exhaustion_check programme_policy_overrun_gpu_ms_check '
    'programme_policy_signal_check programme_under_use_after_basis_points_check '
    'programme_under_use_below_basis_points_check'),
  ('project', 'project_organisation_fkey project_pkey'),
  ('promise', 'ends_after_its_start promise_allocation_fkey promise_hold_gpu_ms_check '
    'promise_job_task_index_fkey promise_pkey'),
  ('qos_class', 'names_of_some promises_to_who_stays qos_class_notice_seconds_check qos_class_pkey '
    'qos_class_priority_millionths_check qos_class_signal_check'),
  ('queue_limit', 'known_scope limits_something queue_limit_each_check '
    'queue_limit_most_gpus_check queue_limit_most_held_gpu_ms_check '
    'queue_limit_most_running_check queue_limit_most_waiting_check queue_limit_pkey '
    'scope_in_full'),
  ('queue_order', 'a_number_for_each_name queue_order_age_period_seconds_check '
    'queue_order_age_weight_check queue_order_entry_charge_basis_points_check '
    'queue_order_half_life_seconds_check queue_order_is_single_check '
    'queue_order_long_half_life_seconds_check queue_order_pkey '
    'queue_order_promise_ahead_seconds_check weights_in_bounds'),
  ('rate_card', 'one_version_at_a_time rate_card_cents_per_gpu_hour_check '
    'rate_card_partition_fkey rate_card_per_cpu_thousandths_check '
    'rate_card_per_gib_thousandths_check rate_card_per_gpu_thousandths_check '
    'rate_card_per_shared_gpu_thousandths_check rate_card_pkey rate_card_version_check'),
  ('rate_of_gpu_type', 'rate_of_gpu_type_partition_version_fkey '
    'rate_of_gpu_type_per_gpu_thousandths_check rate_of_gpu_type_pkey'),
  ('borne_day', 'borne_day_allocation_fkey borne_day_pkey'),
  ('rated_day', 'rated_day_allocation_fkey rated_day_pkey'),
  ('receipt', 'receipt_pkey'),
  ('record_cursor', 'record_cursor_is_single_check record_cursor_pkey'),
  ('report_role', 'report_role_funder_fkey report_role_pkey'),
  ('restoration', 'restoration_is_single_check restoration_pkey'),
  ('run', 'over_has_an_end run_allocation_fkey run_attempt_check run_end_cause_check '
    'run_gpu_thousandths_per_node_check run_hold_gpu_ms_check run_job_task_index_fkey '
    'run_outcome_check run_past_end_gpu_ms_check run_pkey run_state_check '
    'run_told_limit_seconds_check run_used_gpu_ms_check run_weight_thousandths_check '
    'share_is_of_one_gpu'),
  ('schema_migration', 'schema_migration_pkey'),
  ('task', 'a_run_is_an_attempt cancelled_waits_no_more ended_at_some_time ended_has_an_outcome '
    'task_attempts_check task_generation_check task_job_fkey task_limit_seconds_check '
    'task_outcome_check task_pkey task_state_check task_task_index_check'),
  ('use_day', 'use_day_allocation_fkey use_day_pkey')),
index_of (relation, name) AS (VALUES
  ('directive', 'one_open_directive'),
  ('ledger_entry', 'one_of_a_kind_per_run')),
own (relation) AS (VALUES
  ('allocation'), ('allocation_balance'), ('funder'), ('funder_contribution'), ('funder_share'),
  ('ledger_entry'), ('programme'), ('report_role'), ('run')),
divided (relation) AS (
  SELECT relation FROM own UNION ALL SELECT relation FROM string_to_table(
    'act_note allocation_day audit_line borne_day cap cap_use directive job job_dependency '
    'late_start ledger_act member membership open_run organisation period_facts project promise '
    'queue_limit rated_day task use_day', ' ') AS relation),
month (relation, parent) AS (
  SELECT relid, parent FROM (VALUES ('ledger_entry'), ('run')) AS history (parent)
  CROSS JOIN LATERAL pg_partition_tree(to_regclass(parent)) WHERE isleaf),
wanted (kind, name, relation) AS (
  SELECT 'trigger', name, relation FROM trigger_of CROSS JOIN string_to_table(names, ' ') AS name
  UNION ALL
  -- What its table lacks is said once.
  SELECT 'trigger', name, month.relation::text
  FROM trigger_of JOIN month ON month.parent = trigger_of.relation
  CROSS JOIN string_to_table(names, ' ') AS name
  WHERE name NOT IN ('ledger_entry_is_final', 'run_is_kept') AND EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = to_regclass(parent) AND tgname = name)
  UNION ALL
  SELECT 'trigger', 'is_final', relation::text FROM month WHERE parent = 'ledger_entry'
  UNION ALL
  SELECT 'constraint', name, relation
  FROM constraint_of CROSS JOIN string_to_table(names, ' ') AS name
  UNION ALL
  SELECT 'constraint', relation || '_run_fkey', relation::text
  FROM month WHERE parent = 'ledger_entry'
  UNION ALL
  SELECT 'policy', 'own_funder', relation FROM own
  UNION ALL
  SELECT 'policy', name, relation
  FROM divided CROSS JOIN (VALUES ('auditor_sees_all'), ('daemon_sees_all')) AS p (name)
  UNION ALL
  SELECT 'index', name, relation FROM index_of)
SELECT format('%s %s of %s is missing', kind, name, relation) AS what FROM wanted
WHERE NOT CASE kind
  WHEN 'trigger' THEN EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = to_regclass(relation) AND tgname = name)
  WHEN 'constraint' THEN EXISTS (
    SELECT FROM pg_constraint WHERE conrelid = to_regclass(relation) AND conname = name)
  WHEN 'policy' THEN EXISTS (
    SELECT FROM pg_policy WHERE polrelid = to_regclass(relation) AND polname = name)
  ELSE EXISTS (
    SELECT FROM pg_index WHERE indexrelid = to_regclass(name) AND indrelid = to_regclass(relation)
      AND indisunique AND indisvalid) END
UNION ALL
SELECT format('trigger %s of %s is disabled', tgname, tgrelid::regclass)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace AND tgenabled NOT IN ('O', 'A')
UNION ALL
SELECT format('constraint %s of %s was never checked', conname, conrelid::regclass)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND NOT convalidated
UNION ALL
SELECT format('row-level security of %s is off', relation)
FROM divided LEFT JOIN pg_class ON pg_class.oid = to_regclass(relation)
WHERE relrowsecurity IS NOT TRUE
ORDER BY what

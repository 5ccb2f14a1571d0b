// The store's queries inside the program, m to z: each .sql file once, by its name. #embed is C23; SwiftPM's
// clang has it in every mode and only remarks on it. StoreTests hold that no file is missing here.
#include "store_sql.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct store_sql_file queries[] = {
  {"make_all_months", (const char[]){
#embed "../Store/SQL/queries/make_all_months.sql"
  , 0}}, {"make_partitions", (const char[]){
#embed "../Store/SQL/queries/make_partitions.sql"
  , 0}}, {"mark_restored", (const char[]){
#embed "../Store/SQL/queries/mark_restored.sql"
  , 0}}, {"members", (const char[]){
#embed "../Store/SQL/queries/members.sql"
  , 0}}, {"memberships", (const char[]){
#embed "../Store/SQL/queries/memberships.sql"
  , 0}}, {"migration_lock", (const char[]){
#embed "../Store/SQL/queries/migration_lock.sql"
  , 0}}, {"migration_table", (const char[]){
#embed "../Store/SQL/queries/migration_table.sql"
  , 0}}, {"migrations", (const char[]){
#embed "../Store/SQL/queries/migrations.sql"
  , 0}}, {"next_to_seal", (const char[]){
#embed "../Store/SQL/queries/next_to_seal.sql"
  , 0}}, {"node_changes", (const char[]){
#embed "../Store/SQL/queries/node_changes.sql"
  , 0}}, {"node_failures", (const char[]){
#embed "../Store/SQL/queries/node_failures.sql"
  , 0}}, {"nodes", (const char[]){
#embed "../Store/SQL/queries/nodes.sql"
  , 0}}, {"notify_changed", (const char[]){
#embed "../Store/SQL/queries/notify_changed.sql"
  , 0}}, {"now", (const char[]){
#embed "../Store/SQL/queries/now.sql"
  , 0}}, {"open_jobs", (const char[]){
#embed "../Store/SQL/queries/open_jobs.sql"
  , 0}}, {"open_jobs_of_member", (const char[]){
#embed "../Store/SQL/queries/open_jobs_of_member.sql"
  , 0}}, {"open_runs", (const char[]){
#embed "../Store/SQL/queries/open_runs.sql"
  , 0}}, {"open_runs_of", (const char[]){
#embed "../Store/SQL/queries/open_runs_of.sql"
  , 0}}, {"organisations", (const char[]){
#embed "../Store/SQL/queries/organisations.sql"
  , 0}}, {"own_books", (const char[]){
#embed "../Store/SQL/queries/own_books.sql"
  , 0}}, {"pace_acts", (const char[]){
#embed "../Store/SQL/queries/pace_acts.sql"
  , 0}}, {"pace_expired", (const char[]){
#embed "../Store/SQL/queries/pace_expired.sql"
  , 0}}, {"pace_uses", (const char[]){
#embed "../Store/SQL/queries/pace_uses.sql"
  , 0}}, {"partitions", (const char[]){
#embed "../Store/SQL/queries/partitions.sql"
  , 0}}, {"payload", (const char[]){
#embed "../Store/SQL/queries/payload.sql"
  , 0}}, {"period_bounds", (const char[]){
#embed "../Store/SQL/queries/period_bounds.sql"
  , 0}}, {"period_facts", (const char[]){
#embed "../Store/SQL/queries/period_facts.sql"
  , 0}}, {"picture", (const char[]){
#embed "../Store/SQL/queries/picture.sql"
  , 0}}, {"post_entries", (const char[]){
#embed "../Store/SQL/queries/post_entries.sql"
  , 0}}, {"programmes", (const char[]){
#embed "../Store/SQL/queries/programmes.sql"
  , 0}}, {"project_entries", (const char[]){
#embed "../Store/SQL/queries/project_entries.sql"
  , 0}}, {"projects", (const char[]){
#embed "../Store/SQL/queries/projects.sql"
  , 0}}, {"promises", (const char[]){
#embed "../Store/SQL/queries/promises.sql"
  , 0}}, {"prune_changes", (const char[]){
#embed "../Store/SQL/queries/prune_changes.sql"
  , 0}}, {"prune_receipts", (const char[]){
#embed "../Store/SQL/queries/prune_receipts.sql"
  , 0}}, {"qos_classes", (const char[]){
#embed "../Store/SQL/queries/qos_classes.sql"
  , 0}}, {"queue_order", (const char[]){
#embed "../Store/SQL/queries/queue_order.sql"
  , 0}}, {"raise_change_floor", (const char[]){
#embed "../Store/SQL/queries/raise_change_floor.sql"
  , 0}}, {"rate_cards", (const char[]){
#embed "../Store/SQL/queries/rate_cards.sql"
  , 0}}, {"reading_is_noted", (const char[]){
#embed "../Store/SQL/queries/reading_is_noted.sql"
  , 0}}, {"record_cursor", (const char[]){
#embed "../Store/SQL/queries/record_cursor.sql"
  , 0}}, {"record_migration", (const char[]){
#embed "../Store/SQL/queries/record_migration.sql"
  , 0}}, {"refunded_sums", (const char[]){
#embed "../Store/SQL/queries/refunded_sums.sql"
  , 0}}, {"remove_cap", (const char[]){
#embed "../Store/SQL/queries/remove_cap.sql"
  , 0}}, {"remove_licence", (const char[]){
#embed "../Store/SQL/queries/remove_licence.sql"
  , 0}}, {"remove_limit", (const char[]){
#embed "../Store/SQL/queries/remove_limit.sql"
  , 0}}, {"remove_qos_class", (const char[]){
#embed "../Store/SQL/queries/remove_qos_class.sql"
  , 0}}, {"remove_rate_card", (const char[]){
#embed "../Store/SQL/queries/remove_rate_card.sql"
  , 0}}, {"request_cancel", (const char[]){
#embed "../Store/SQL/queries/request_cancel.sql"
  , 0}}, {"restored_at", (const char[]){
#embed "../Store/SQL/queries/restored_at.sql"
  , 0}}, {"retention_due", (const char[]){
#embed "../Store/SQL/queries/retention_due.sql"
  , 0}}, {"retire_allocation", (const char[]){
#embed "../Store/SQL/queries/retire_allocation.sql"
  , 0}}, {"retire_funder", (const char[]){
#embed "../Store/SQL/queries/retire_funder.sql"
  , 0}}, {"retire_member", (const char[]){
#embed "../Store/SQL/queries/retire_member.sql"
  , 0}}, {"retire_node", (const char[]){
#embed "../Store/SQL/queries/retire_node.sql"
  , 0}}, {"retire_organisation", (const char[]){
#embed "../Store/SQL/queries/retire_organisation.sql"
  , 0}}, {"retire_partition", (const char[]){
#embed "../Store/SQL/queries/retire_partition.sql"
  , 0}}, {"retire_programme", (const char[]){
#embed "../Store/SQL/queries/retire_programme.sql"
  , 0}}, {"retire_project", (const char[]){
#embed "../Store/SQL/queries/retire_project.sql"
  , 0}}, {"rows_outside_months", (const char[]){
#embed "../Store/SQL/queries/rows_outside_months.sql"
  , 0}}, {"run_entries", (const char[]){
#embed "../Store/SQL/queries/run_entries.sql"
  , 0}}, {"runs", (const char[]){
#embed "../Store/SQL/queries/runs.sql"
  , 0}}, {"runs_by_key", (const char[]){
#embed "../Store/SQL/queries/runs_by_key.sql"
  , 0}}, {"runs_in_use", (const char[]){
#embed "../Store/SQL/queries/runs_in_use.sql"
  , 0}}, {"save_allocation", (const char[]){
#embed "../Store/SQL/queries/save_allocation.sql"
  , 0}}, {"save_cap", (const char[]){
#embed "../Store/SQL/queries/save_cap.sql"
  , 0}}, {"save_funder", (const char[]){
#embed "../Store/SQL/queries/save_funder.sql"
  , 0}}, {"save_licence", (const char[]){
#embed "../Store/SQL/queries/save_licence.sql"
  , 0}}, {"save_limit", (const char[]){
#embed "../Store/SQL/queries/save_limit.sql"
  , 0}}, {"save_member", (const char[]){
#embed "../Store/SQL/queries/save_member.sql"
  , 0}}, {"save_node", (const char[]){
#embed "../Store/SQL/queries/save_node.sql"
  , 0}}, {"save_organisation", (const char[]){
#embed "../Store/SQL/queries/save_organisation.sql"
  , 0}}, {"save_partition", (const char[]){
#embed "../Store/SQL/queries/save_partition.sql"
  , 0}}, {"save_person", (const char[]){
#embed "../Store/SQL/queries/save_person.sql"
  , 0}}, {"save_programme", (const char[]){
#embed "../Store/SQL/queries/save_programme.sql"
  , 0}}, {"save_project", (const char[]){
#embed "../Store/SQL/queries/save_project.sql"
  , 0}}, {"save_promise", (const char[]){
#embed "../Store/SQL/queries/save_promise.sql"
  , 0}}, {"save_qos_class", (const char[]){
#embed "../Store/SQL/queries/save_qos_class.sql"
  , 0}}, {"save_queue_order", (const char[]){
#embed "../Store/SQL/queries/save_queue_order.sql"
  , 0}}, {"save_rate_card", (const char[]){
#embed "../Store/SQL/queries/save_rate_card.sql"
  , 0}}, {"save_rate_of_type", (const char[]){
#embed "../Store/SQL/queries/save_rate_of_type.sql"
  , 0}}, {"save_record_cursor", (const char[]){
#embed "../Store/SQL/queries/save_record_cursor.sql"
  , 0}}, {"seal_period", (const char[]){
#embed "../Store/SQL/queries/seal_period.sql"
  , 0}}, {"set_tasks", (const char[]){
#embed "../Store/SQL/queries/set_tasks.sql"
  , 0}}, {"share_books", (const char[]){
#embed "../Store/SQL/queries/share_books.sql"
  , 0}}, {"shares", (const char[]){
#embed "../Store/SQL/queries/shares.sql"
  , 0}}, {"start_runs", (const char[]){
#embed "../Store/SQL/queries/start_runs.sql"
  , 0}}, {"stray_holds", (const char[]){
#embed "../Store/SQL/queries/stray_holds.sql"
  , 0}}, {"submitted_jobs", (const char[]){
#embed "../Store/SQL/queries/submitted_jobs.sql"
  , 0}}, {"table_count", (const char[]){
#embed "../Store/SQL/queries/table_count.sql"
  , 0}}, {"take_database_reads", (const char[]){
#embed "../Store/SQL/queries/take_database_reads.sql"
  , 0}}, {"take_receipt", (const char[]){
#embed "../Store/SQL/queries/take_receipt.sql"
  , 0}}, {"task_ends", (const char[]){
#embed "../Store/SQL/queries/task_ends.sql"
  , 0}}, {"task_waits", (const char[]){
#embed "../Store/SQL/queries/task_waits.sql"
  , 0}}, {"tasks", (const char[]){
#embed "../Store/SQL/queries/tasks.sql"
  , 0}}, {"tasks_by_key", (const char[]){
#embed "../Store/SQL/queries/tasks_by_key.sql"
  , 0}}, {"try_lead", (const char[]){
#embed "../Store/SQL/queries/try_lead.sql"
  , 0}}, {"unbalanced", (const char[]){
#embed "../Store/SQL/queries/unbalanced.sql"
  , 0}}, {"uncharged_runs", (const char[]){
#embed "../Store/SQL/queries/uncharged_runs.sql"
  , 0}}, {"unguarded", (const char[]){
#embed "../Store/SQL/queries/unguarded.sql"
  , 0}}, {"use_standing", (const char[]){
#embed "../Store/SQL/queries/use_standing.sql"
  , 0}}, {"waiting_tasks", (const char[]){
#embed "../Store/SQL/queries/waiting_tasks.sql"
  , 0}}, {"window_end", (const char[]){
#embed "../Store/SQL/queries/window_end.sql"
  , 0}}, {"windows", (const char[]){
#embed "../Store/SQL/queries/windows.sql"
  , 0}}, {"worth_sums", (const char[]){
#embed "../Store/SQL/queries/worth_sums.sql"
  , 0}}, {"wrong_at_a_glance", (const char[]){
#embed "../Store/SQL/queries/wrong_at_a_glance.sql"
  , 0}}, {"wrong_balances", (const char[]){
#embed "../Store/SQL/queries/wrong_balances.sql"
  , 0}}, {"wrong_caps", (const char[]){
#embed "../Store/SQL/queries/wrong_caps.sql"
  , 0}}, {NULL, NULL},
};

const struct store_sql_file *store_sql_queries_m_to_z(void) { return queries; }

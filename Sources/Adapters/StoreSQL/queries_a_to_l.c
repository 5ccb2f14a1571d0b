// The store's queries inside the program, a to l: each .sql file once, by its name. #embed is C23; SwiftPM's
// clang has it in every mode and only remarks on it. StoreTests hold that no file is missing here.
#include "store_sql.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct store_sql_file queries[] = {
  {"accept_job", (const char[]){
#embed "../Store/SQL/queries/accept_job.sql"
  , 0}}, {"access_sums", (const char[]){
#embed "../Store/SQL/queries/access_sums.sql"
  , 0}}, {"accounting_named", (const char[]){
#embed "../Store/SQL/queries/accounting_named.sql"
  , 0}}, {"accounting_since", (const char[]){
#embed "../Store/SQL/queries/accounting_since.sql"
  , 0}}, {"accounting_walk", (const char[]){
#embed "../Store/SQL/queries/accounting_walk.sql"
  , 0}}, {"act_notes", (const char[]){
#embed "../Store/SQL/queries/act_notes.sql"
  , 0}}, {"add_act_note", (const char[]){
#embed "../Store/SQL/queries/add_act_note.sql"
  , 0}}, {"add_contribution", (const char[]){
#embed "../Store/SQL/queries/add_contribution.sql"
  , 0}}, {"add_dependencies", (const char[]){
#embed "../Store/SQL/queries/add_dependencies.sql"
  , 0}}, {"add_directives", (const char[]){
#embed "../Store/SQL/queries/add_directives.sql"
  , 0}}, {"add_late_start", (const char[]){
#embed "../Store/SQL/queries/add_late_start.sql"
  , 0}}, {"add_membership", (const char[]){
#embed "../Store/SQL/queries/add_membership.sql"
  , 0}}, {"add_node_change", (const char[]){
#embed "../Store/SQL/queries/add_node_change.sql"
  , 0}}, {"add_partition_node", (const char[]){
#embed "../Store/SQL/queries/add_partition_node.sql"
  , 0}}, {"add_payload", (const char[]){
#embed "../Store/SQL/queries/add_payload.sql"
  , 0}}, {"add_period_facts", (const char[]){
#embed "../Store/SQL/queries/add_period_facts.sql"
  , 0}}, {"add_receipt", (const char[]){
#embed "../Store/SQL/queries/add_receipt.sql"
  , 0}}, {"add_runs", (const char[]){
#embed "../Store/SQL/queries/add_runs.sql"
  , 0}}, {"add_share", (const char[]){
#embed "../Store/SQL/queries/add_share.sql"
  , 0}}, {"add_tasks", (const char[]){
#embed "../Store/SQL/queries/add_tasks.sql"
  , 0}}, {"allocation_entries", (const char[]){
#embed "../Store/SQL/queries/allocation_entries.sql"
  , 0}}, {"allocations", (const char[]){
#embed "../Store/SQL/queries/allocations.sql"
  , 0}}, {"append_audit", (const char[]){
#embed "../Store/SQL/queries/append_audit.sql"
  , 0}}, {"audit_counts", (const char[]){
#embed "../Store/SQL/queries/audit_counts.sql"
  , 0}}, {"audit_line_of_hash", (const char[]){
#embed "../Store/SQL/queries/audit_line_of_hash.sql"
  , 0}}, {"audit_lines", (const char[]){
#embed "../Store/SQL/queries/audit_lines.sql"
  , 0}}, {"audit_list", (const char[]){
#embed "../Store/SQL/queries/audit_list.sql"
  , 0}}, {"audit_standing", (const char[]){
#embed "../Store/SQL/queries/audit_standing.sql"
  , 0}}, {"balances", (const char[]){
#embed "../Store/SQL/queries/balances.sql"
  , 0}}, {"balances_as_of", (const char[]){
#embed "../Store/SQL/queries/balances_as_of.sql"
  , 0}}, {"begin_restore", (const char[]){
#embed "../Store/SQL/queries/begin_restore.sql"
  , 0}}, {"bind_job", (const char[]){
#embed "../Store/SQL/queries/bind_job.sql"
  , 0}}, {"bind_task", (const char[]){
#embed "../Store/SQL/queries/bind_task.sql"
  , 0}}, {"book_sums", (const char[]){
#embed "../Store/SQL/queries/book_sums.sql"
  , 0}}, {"booked_late", (const char[]){
#embed "../Store/SQL/queries/booked_late.sql"
  , 0}}, {"books_clock", (const char[]){
#embed "../Store/SQL/queries/books_clock.sql"
  , 0}}, {"busy_nodes", (const char[]){
#embed "../Store/SQL/queries/busy_nodes.sql"
  , 0}}, {"busy_projects", (const char[]){
#embed "../Store/SQL/queries/busy_projects.sql"
  , 0}}, {"cancel_ended", (const char[]){
#embed "../Store/SQL/queries/cancel_ended.sql"
  , 0}}, {"cap_uses", (const char[]){
#embed "../Store/SQL/queries/cap_uses.sql"
  , 0}}, {"caps", (const char[]){
#embed "../Store/SQL/queries/caps.sql"
  , 0}}, {"centre_version", (const char[]){
#embed "../Store/SQL/queries/centre_version.sql"
  , 0}}, {"change_job_limit", (const char[]){
#embed "../Store/SQL/queries/change_job_limit.sql"
  , 0}}, {"change_task_limit", (const char[]){
#embed "../Store/SQL/queries/change_task_limit.sql"
  , 0}}, {"changed_uses", (const char[]){
#embed "../Store/SQL/queries/changed_uses.sql"
  , 0}}, {"changes", (const char[]){
#embed "../Store/SQL/queries/changes.sql"
  , 0}}, {"clear_contributions", (const char[]){
#embed "../Store/SQL/queries/clear_contributions.sql"
  , 0}}, {"clear_memberships", (const char[]){
#embed "../Store/SQL/queries/clear_memberships.sql"
  , 0}}, {"clear_partition_nodes", (const char[]){
#embed "../Store/SQL/queries/clear_partition_nodes.sql"
  , 0}}, {"clear_payloads", (const char[]){
#embed "../Store/SQL/queries/clear_payloads.sql"
  , 0}}, {"clear_queue_order", (const char[]){
#embed "../Store/SQL/queries/clear_queue_order.sql"
  , 0}}, {"clear_shares", (const char[]){
#embed "../Store/SQL/queries/clear_shares.sql"
  , 0}}, {"close_books", (const char[]){
#embed "../Store/SQL/queries/close_books.sql"
  , 0}}, {"close_run", (const char[]){
#embed "../Store/SQL/queries/close_run.sql"
  , 0}}, {"closed_periods", (const char[]){
#embed "../Store/SQL/queries/closed_periods.sql"
  , 0}}, {"commit_at_ease", (const char[]){
#embed "../Store/SQL/queries/commit_at_ease.sql"
  , 0}}, {"contributions", (const char[]){
#embed "../Store/SQL/queries/contributions.sql"
  , 0}}, {"corrected", (const char[]){
#embed "../Store/SQL/queries/corrected.sql"
  , 0}}, {"count_cap", (const char[]){
#embed "../Store/SQL/queries/count_cap.sql"
  , 0}}, {"count_centre", (const char[]){
#embed "../Store/SQL/queries/count_centre.sql"
  , 0}}, {"dependencies", (const char[]){
#embed "../Store/SQL/queries/dependencies.sql"
  , 0}}, {"directives", (const char[]){
#embed "../Store/SQL/queries/directives.sql"
  , 0}}, {"drop_payloads", (const char[]){
#embed "../Store/SQL/queries/drop_payloads.sql"
  , 0}}, {"drop_promise", (const char[]){
#embed "../Store/SQL/queries/drop_promise.sql"
  , 0}}, {"end_restore", (const char[]){
#embed "../Store/SQL/queries/end_restore.sql"
  , 0}}, {"end_runs", (const char[]){
#embed "../Store/SQL/queries/end_runs.sql"
  , 0}}, {"ended_since", (const char[]){
#embed "../Store/SQL/queries/ended_since.sql"
  , 0}}, {"entries_behind", (const char[]){
#embed "../Store/SQL/queries/entries_behind.sql"
  , 0}}, {"entry", (const char[]){
#embed "../Store/SQL/queries/entry.sql"
  , 0}}, {"entry_range", (const char[]){
#embed "../Store/SQL/queries/entry_range.sql"
  , 0}}, {"erase_names_of_member", (const char[]){
#embed "../Store/SQL/queries/erase_names_of_member.sql"
  , 0}}, {"erase_note", (const char[]){
#embed "../Store/SQL/queries/erase_note.sql"
  , 0}}, {"erase_notes_of_member", (const char[]){
#embed "../Store/SQL/queries/erase_notes_of_member.sql"
  , 0}}, {"erase_old_names", (const char[]){
#embed "../Store/SQL/queries/erase_old_names.sql"
  , 0}}, {"erase_old_notes", (const char[]){
#embed "../Store/SQL/queries/erase_old_notes.sql"
  , 0}}, {"erase_payloads_of_member", (const char[]){
#embed "../Store/SQL/queries/erase_payloads_of_member.sql"
  , 0}}, {"erase_person", (const char[]){
#embed "../Store/SQL/queries/erase_person.sql"
  , 0}}, {"erased_members", (const char[]){
#embed "../Store/SQL/queries/erased_members.sql"
  , 0}}, {"export_snapshot", (const char[]){
#embed "../Store/SQL/queries/export_snapshot.sql"
  , 0}}, {"extend_run", (const char[]){
#embed "../Store/SQL/queries/extend_run.sql"
  , 0}}, {"finish_directives", (const char[]){
#embed "../Store/SQL/queries/finish_directives.sql"
  , 0}}, {"finish_restore", (const char[]){
#embed "../Store/SQL/queries/finish_restore.sql"
  , 0}}, {"first_jobs", (const char[]){
#embed "../Store/SQL/queries/first_jobs.sql"
  , 0}}, {"first_unsealed", (const char[]){
#embed "../Store/SQL/queries/first_unsealed.sql"
  , 0}}, {"forget_database_reads", (const char[]){
#embed "../Store/SQL/queries/forget_database_reads.sql"
  , 0}}, {"funders", (const char[]){
#embed "../Store/SQL/queries/funders.sql"
  , 0}}, {"grant_counts", (const char[]){
#embed "../Store/SQL/queries/grant_counts.sql"
  , 0}}, {"has_migrations", (const char[]){
#embed "../Store/SQL/queries/has_migrations.sql"
  , 0}}, {"is_restoring", (const char[]){
#embed "../Store/SQL/queries/is_restoring.sql"
  , 0}}, {"job_by_key", (const char[]){
#embed "../Store/SQL/queries/job_by_key.sql"
  , 0}}, {"job_folders", (const char[]){
#embed "../Store/SQL/queries/job_folders.sql"
  , 0}}, {"job_limits", (const char[]){
#embed "../Store/SQL/queries/job_limits.sql"
  , 0}}, {"job_owners", (const char[]){
#embed "../Store/SQL/queries/job_owners.sql"
  , 0}}, {"jobs", (const char[]){
#embed "../Store/SQL/queries/jobs.sql"
  , 0}}, {"jobs_by_slurm_id", (const char[]){
#embed "../Store/SQL/queries/jobs_by_slurm_id.sql"
  , 0}}, {"jobs_of_allocations", (const char[]){
#embed "../Store/SQL/queries/jobs_of_allocations.sql"
  , 0}}, {"jobs_of_member", (const char[]){
#embed "../Store/SQL/queries/jobs_of_member.sql"
  , 0}}, {"journal_days", (const char[]){
#embed "../Store/SQL/queries/journal_days.sql"
  , 0}}, {"journal_opening", (const char[]){
#embed "../Store/SQL/queries/journal_opening.sql"
  , 0}}, {"journal_page", (const char[]){
#embed "../Store/SQL/queries/journal_page.sql"
  , 0}}, {"last_entry", (const char[]){
#embed "../Store/SQL/queries/last_entry.sql"
  , 0}}, {"last_node_changes", (const char[]){
#embed "../Store/SQL/queries/last_node_changes.sql"
  , 0}}, {"late_starts", (const char[]){
#embed "../Store/SQL/queries/late_starts.sql"
  , 0}}, {"latest_effective", (const char[]){
#embed "../Store/SQL/queries/latest_effective.sql"
  , 0}}, {"leap_jobs", (const char[]){
#embed "../Store/SQL/queries/leap_jobs.sql"
  , 0}}, {"lent_licences", (const char[]){
#embed "../Store/SQL/queries/lent_licences.sql"
  , 0}}, {"licences", (const char[]){
#embed "../Store/SQL/queries/licences.sql"
  , 0}}, {"limits", (const char[]){
#embed "../Store/SQL/queries/limits.sql"
  , 0}}, {"listed_jobs", (const char[]){
#embed "../Store/SQL/queries/listed_jobs.sql"
  , 0}}, {"lock_act_key", (const char[]){
#embed "../Store/SQL/queries/lock_act_key.sql"
  , 0}}, {"lock_balances", (const char[]){
#embed "../Store/SQL/queries/lock_balances.sql"
  , 0}}, {"lock_caps", (const char[]){
#embed "../Store/SQL/queries/lock_caps.sql"
  , 0}}, {"lock_caps_of_run", (const char[]){
#embed "../Store/SQL/queries/lock_caps_of_run.sql"
  , 0}}, {"lock_centre", (const char[]){
#embed "../Store/SQL/queries/lock_centre.sql"
  , 0}}, {"lock_jobs", (const char[]){
#embed "../Store/SQL/queries/lock_jobs.sql"
  , 0}}, {"lock_limits", (const char[]){
#embed "../Store/SQL/queries/lock_limits.sql"
  , 0}}, {"lock_member", (const char[]){
#embed "../Store/SQL/queries/lock_member.sql"
  , 0}}, {"lock_node_changes", (const char[]){
#embed "../Store/SQL/queries/lock_node_changes.sql"
  , 0}}, {"lock_tasks", (const char[]){
#embed "../Store/SQL/queries/lock_tasks.sql"
  , 0}}, {NULL, NULL},
};

const struct store_sql_file *store_sql_queries_a_to_l(void) { return queries; }

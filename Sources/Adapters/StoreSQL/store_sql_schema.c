// The store's schema inside the program: migrations by name, groups, and their rights. As for the
// queries in store_sql.c, StoreTests hold that no file is missing.
#include "store_sql.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct store_sql_file migrations[] = {
  {"0001_centre", (const char[]){
#embed "../Store/SQL/migrations/0001_centre.sql"
    , 0}},
  {"0002_jobs", (const char[]){
#embed "../Store/SQL/migrations/0002_jobs.sql"
    , 0}},
  {"0003_ledger", (const char[]){
#embed "../Store/SQL/migrations/0003_ledger.sql"
    , 0}},
  {"0004_history", (const char[]){
#embed "../Store/SQL/migrations/0004_history.sql"
    , 0}},
  {"0005_audit", (const char[]){
#embed "../Store/SQL/migrations/0005_audit.sql"
    , 0}},
  {"0006_money", (const char[]){
#embed "../Store/SQL/migrations/0006_money.sql"
    , 0}},
  {"0007_caps", (const char[]){
#embed "../Store/SQL/migrations/0007_caps.sql"
    , 0}},
  {"0008_rates", (const char[]){
#embed "../Store/SQL/migrations/0008_rates.sql"
    , 0}},
  {"0009_privacy", (const char[]){
#embed "../Store/SQL/migrations/0009_privacy.sql"
    , 0}},
  {"0010_closing", (const char[]){
#embed "../Store/SQL/migrations/0010_closing.sql"
    , 0}},
  {"0011_pace", (const char[]){
#embed "../Store/SQL/migrations/0011_pace.sql"
    , 0}},
  {"0012_caps_of_runs", (const char[]){
#embed "../Store/SQL/migrations/0012_caps_of_runs.sql"
    , 0}},
  {"0013_past_end", (const char[]){
#embed "../Store/SQL/migrations/0013_past_end.sql"
    , 0}},
  {"0014_groups", (const char[]){
#embed "../Store/SQL/migrations/0014_groups.sql"
    , 0}},
  {"0015_period_facts", (const char[]){
#embed "../Store/SQL/migrations/0015_period_facts.sql"
    , 0}},
  {"0016_under_use", (const char[]){
#embed "../Store/SQL/migrations/0016_under_use.sql"
    , 0}},
  {"0017_waiting_limits", (const char[]){
#embed "../Store/SQL/migrations/0017_waiting_limits.sql"
    , 0}},
  {"0018_days", (const char[]){
#embed "../Store/SQL/migrations/0018_days.sql"
    , 0}},
  {"0019_allocated_shares", (const char[]){
#embed "../Store/SQL/migrations/0019_allocated_shares.sql"
    , 0}},
  {"0020_terms", (const char[]){
#embed "../Store/SQL/migrations/0020_terms.sql"
    , 0}},
  {"0021_wishes", (const char[]){
#embed "../Store/SQL/migrations/0021_wishes.sql"
    , 0}},
  {"0022_changes", (const char[]){
#embed "../Store/SQL/migrations/0022_changes.sql"
    , 0}},
  {"0023_plans_of_checks", (const char[]){
#embed "../Store/SQL/migrations/0023_plans_of_checks.sql"
    , 0}},
  {"0024_dependency_rule", (const char[]){
#embed "../Store/SQL/migrations/0024_dependency_rule.sql"
    , 0}},
  {"0025_order", (const char[]){
#embed "../Store/SQL/migrations/0025_order.sql"
    , 0}},
  {"0026_task_limits", (const char[]){
#embed "../Store/SQL/migrations/0026_task_limits.sql"
    , 0}},
  {"0027_corrections_in_turn", (const char[]){
#embed "../Store/SQL/migrations/0027_corrections_in_turn.sql"
    , 0}},
  {"0028_limits", (const char[]){
#embed "../Store/SQL/migrations/0028_limits.sql"
    , 0}},
  {"0029_limits_for_each", (const char[]){
#embed "../Store/SQL/migrations/0029_limits_for_each.sql"
    , 0}},
  {"0030_qos", (const char[]){
#embed "../Store/SQL/migrations/0030_qos.sql"
    , 0}},
  {"0031_delays", (const char[]){
#embed "../Store/SQL/migrations/0031_delays.sql"
    , 0}},
  {"0032_licences", (const char[]){
#embed "../Store/SQL/migrations/0032_licences.sql"
    , 0}},
  {"0033_switches", (const char[]){
#embed "../Store/SQL/migrations/0033_switches.sql"
    , 0}},
  {"0034_partition_lists", (const char[]){
#embed "../Store/SQL/migrations/0034_partition_lists.sql"
    , 0}},
  {"0035_shares_of_gpus", (const char[]){
#embed "../Store/SQL/migrations/0035_shares_of_gpus.sql"
    , 0}},
  {"0036_accounting", (const char[]){
#embed "../Store/SQL/migrations/0036_accounting.sql"
    , 0}},
  {"0037_weights_of_nodes", (const char[]){
#embed "../Store/SQL/migrations/0037_weights_of_nodes.sql"
    , 0}},
  {"0038_tasks_by_slurm_id", (const char[]){
#embed "../Store/SQL/migrations/0038_tasks_by_slurm_id.sql"
    , 0}},
  {"0039_told_late", (const char[]){
#embed "../Store/SQL/migrations/0039_told_late.sql"
    , 0}},
  {"0040_adopted_jobs", (const char[]){
#embed "../Store/SQL/migrations/0040_adopted_jobs.sql"
    , 0}},
  {"0041_act_notes", (const char[]){
#embed "../Store/SQL/migrations/0041_act_notes.sql"
    , 0}},
  {"0042_use_in_time", (const char[]){
#embed "../Store/SQL/migrations/0042_use_in_time.sql"
    , 0}},
  {"0043_rated_days", (const char[]){
#embed "../Store/SQL/migrations/0043_rated_days.sql"
    , 0}},
  {"0044_bounds_of_acts", (const char[]){
#embed "../Store/SQL/migrations/0044_bounds_of_acts.sql"
    , 0}},
  {"0045_erased_notes", (const char[]){
#embed "../Store/SQL/migrations/0045_erased_notes.sql"
    , 0}},
  {"0046_ends_with_jobs", (const char[]){
#embed "../Store/SQL/migrations/0046_ends_with_jobs.sql"
    , 0}},
  {"0047_job_reservation", (const char[]){
#embed "../Store/SQL/migrations/0047_job_reservation.sql"
    , 0}},
  {"0048_borne_days", (const char[]){
#embed "../Store/SQL/migrations/0048_borne_days.sql"
    , 0}},
  {"0049_days_of_both_senses", (const char[]){
#embed "../Store/SQL/migrations/0049_days_of_both_senses.sql"
    , 0}},
  {"0050_job_switches", (const char[]){
#embed "../Store/SQL/migrations/0050_job_switches.sql"
    , 0}},
  {"0051_holds_of_open_runs", (const char[]){
#embed "../Store/SQL/migrations/0051_holds_of_open_runs.sql"
    , 0}},
  {"0052_taken_at", (const char[]){
#embed "../Store/SQL/migrations/0052_taken_at.sql"
    , 0}},
  {"0053_runs_once", (const char[]){
#embed "../Store/SQL/migrations/0053_runs_once.sql"
    , 0}},
  {"0054_runs_told_late", (const char[]){
#embed "../Store/SQL/migrations/0054_runs_told_late.sql"
    , 0}},
  {"0055_database_reads", (const char[]){
#embed "../Store/SQL/migrations/0055_database_reads.sql"
    , 0}},
  {"0056_promises", (const char[]){
#embed "../Store/SQL/migrations/0056_promises.sql"
    , 0}},
  {NULL, NULL},
};

static const char roles[] = {
#embed "../Store/SQL/roles.sql"
    , 0};

static const char rights[] = {
#embed "../Store/SQL/rights.sql"
    , 0};

const struct store_sql_file *store_sql_migrations(void) { return migrations; }

const char *store_sql_rights(void) { return rights; }

const char *store_sql_roles(void) { return roles; }

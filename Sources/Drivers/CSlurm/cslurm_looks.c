// SPDX-License-Identifier: GPL-2.0-or-later
#include "cslurm_internal.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

// Exported by libslurm, declared in none of its public headers.
extern char *slurm_job_reason_string(enum job_state_reason reason);
extern void slurm_populate_node_partitions(node_info_msg_t *nodes, partition_info_msg_t *parts);

static enum cslurm_job_state job_state(uint32_t state) {
  uint32_t base = state & ~(uint32_t)JOB_STATE_FLAGS;
  return base < JOB_END ? (enum cslurm_job_state)base : CSLURM_JOB_UNKNOWN;
}

// One share for each allocated node. What it points to stands in `info` and `names`.
struct shares {
  struct cslurm_node_share *list;
  char **names;
  size_t count, room;
};

static void add_name(void *context, const char *name) {
  struct shares *shares = context;
  if (shares->count == shares->room)
    return;
  shares->names[shares->count] = strdup(name);
  if (shares->names[shares->count])
    shares->count++;
}

static struct shares shares_of(const slurm_job_info_t *info, const node_info_msg_t *nodes) {
  struct shares shares = {0};
  if (!info->nodes || !info->nodes[0] || !info->job_resrcs)
    return shares;
  hostlist_t list = slurm_hostlist_create(info->nodes);
  int count = list ? slurm_hostlist_count(list) : 0;
  if (list)
    slurm_hostlist_destroy(list);
  if (count <= 0)
    return shares;
  shares.room = (size_t)count;
  shares.list = calloc(shares.room, sizeof *shares.list);
  shares.names = calloc(shares.room, sizeof *shares.names);
  if (shares.list && shares.names)
    cslurm_expand(info->nodes, shares.room, add_name, &shares);
  for (size_t i = 0; i < shares.count; i++) {
    struct cslurm_node_share *share = &shares.list[i];
    share->node = shares.names[i];
    int cpus = slurm_job_cpus_allocated_on_node_id(info->job_resrcs, (int)i);
    share->cpus = cpus > 0 ? cpus : 0;
    uint64_t memory = info->pn_min_memory;
    if (memory & MEM_PER_CPU) {
      share->memory_mib = (int64_t)(memory & ~MEM_PER_CPU) * share->cpus;
    } else if (memory > 0) {
      share->memory_mib = (int64_t)memory;
    } else {
      // 0 is all of the node's.
      for (uint32_t n = 0; nodes && n < nodes->record_count; n++)
        if (nodes->node_array[n].name && !strcmp(nodes->node_array[n].name, share->node))
          share->memory_mib = (int64_t)nodes->node_array[n].real_memory;
    }
    share->gres = i < info->gres_detail_cnt ? cslurm_text(info->gres_detail_str[i]) : "";
  }
  return shares;
}

static void free_shares(struct shares *shares) {
  for (size_t i = 0; i < shares->count; i++)
    free(shares->names[i]);
  free(shares->names);
  free(shares->list);
}

// Of a waiting job num_nodes is Slurm's guess from its tasks, which can be over the maximum.
static int64_t requested_nodes(const slurm_job_info_t *info) {
  uint32_t maximum = info->max_nodes;
  bool is_guess = maximum > 0 && maximum != NO_VAL && info->num_nodes > maximum;
  return is_guess ? maximum : info->num_nodes;
}

static void visit_job(
    const slurm_job_info_t *info, const node_info_msg_t *nodes, cslurm_job_visitor visit,
    void *context) {
  bool is_array = info->array_job_id != 0;
  uint64_t memory = info->pn_min_memory;
  bool per_cpu = (memory & MEM_PER_CPU) != 0;
  struct shares shares = shares_of(info, nodes);
  struct cslurm_job job = {
      .job_id = info->job_id,
      .array_job_id = is_array ? (int64_t)info->array_job_id : CSLURM_NONE,
      .array_task_id = is_array ? cslurm_number(info->array_task_id) : CSLURM_NONE,
      .array_tasks = cslurm_text(info->array_task_str),
      .array_throttle = info->array_max_tasks ? (int64_t)info->array_max_tasks : CSLURM_NONE,
      .het_leader = info->het_job_id ? (int64_t)info->het_job_id : CSLURM_NONE,
      .admin_comment = cslurm_text(info->admin_comment),
      .account = cslurm_text(info->account),
      .partition = cslurm_text(info->partition),
      .name = cslurm_text(info->name),
      .reason = cslurm_text(slurm_job_reason_string(info->state_reason)),
      .dependency = cslurm_text(info->dependency),
      .uid = info->user_id,
      .state = job_state(info->job_state),
      .completing = info->job_state & JOB_COMPLETING,
      .configuring = info->job_state & JOB_CONFIGURING,
      .requeued = info->job_state & JOB_REQUEUE,
      .requeue_held = info->job_state & JOB_REQUEUE_HOLD,
      .resizing = info->job_state & JOB_RESIZING,
      .stopped = info->job_state & JOB_STOPPED,
      .held = info->priority == 0,
      .may_requeue = info->requeue == 1,
      .submit_seconds = cslurm_time(info->submit_time),
      .eligible_seconds = cslurm_time(info->eligible_time),
      .start_seconds = cslurm_time(info->start_time),
      .end_seconds = cslurm_time(info->end_time),
      .time_limit_minutes = cslurm_number(info->time_limit),
      .exit_code = WIFEXITED(info->exit_code) ? WEXITSTATUS(info->exit_code) : 0,
      .exit_signal = WIFSIGNALED(info->exit_code) ? WTERMSIG(info->exit_code) : 0,
      .requested_nodes = requested_nodes(info),
      .requested_maximum_nodes = cslurm_number(info->max_nodes),
      .requested_tasks = cslurm_number(info->num_tasks),
      .requested_cpus = cslurm_number(info->num_cpus),
      .requested_cpus_per_task =
          info->cpus_per_task == NO_VAL16 ? CSLURM_NONE : (int64_t)info->cpus_per_task,
      .memory_mib_per_node = per_cpu || memory == 0 ? CSLURM_NONE : (int64_t)memory,
      .memory_mib_per_cpu = per_cpu ? (int64_t)(memory & ~MEM_PER_CPU) : CSLURM_NONE,
      .tres_per_node = cslurm_text(info->tres_per_node),
      .tres_per_job = cslurm_text(info->tres_per_job),
      .requested_node_names = cslurm_text(info->req_nodes),
      .restarts = info->restart_cnt,
      .shares = shares.list,
      .share_count = shares.count,
  };
  visit(context, &job);
  free_shares(&shares);
}

// Visits all of `jobs` and frees it.
static int visit_jobs(job_info_msg_t *jobs, cslurm_job_visitor visit, void *context) {
  bool needs_nodes = false;
  for (uint32_t i = 0; i < jobs->record_count; i++) {
    const slurm_job_info_t *info = &jobs->job_array[i];
    needs_nodes |= info->pn_min_memory == 0 && info->nodes && info->nodes[0];
  }
  node_info_msg_t *nodes = NULL;
  int code = 0;
  if (needs_nodes && slurm_load_node(0, &nodes, SHOW_ALL) != SLURM_SUCCESS)
    code = cslurm_failure();
  for (uint32_t i = 0; code == 0 && i < jobs->record_count; i++)
    visit_job(&jobs->job_array[i], nodes, visit, context);
  if (nodes)
    slurm_free_node_info_msg(nodes);
  slurm_free_job_info_msg(jobs);
  return code;
}

int cslurm_jobs(int64_t since, cslurm_job_visitor visit, void *context, int64_t *update) {
  job_info_msg_t *jobs = NULL;
  if (slurm_load_jobs((time_t)since, &jobs, SHOW_ALL | SHOW_DETAIL) != SLURM_SUCCESS)
    return cslurm_failure();
  *update = (int64_t)jobs->last_update;
  return visit_jobs(jobs, visit, context);
}

int cslurm_job(uint32_t job_id, cslurm_job_visitor visit, void *context) {
  job_info_msg_t *jobs = NULL;
  if (slurm_load_job(&jobs, job_id, SHOW_ALL | SHOW_DETAIL) != SLURM_SUCCESS)
    return cslurm_failure();
  return visit_jobs(jobs, visit, context);
}

static enum cslurm_node_state node_state(uint32_t state) {
  uint32_t base = state & NODE_STATE_BASE;
  return base < NODE_STATE_END ? (enum cslurm_node_state)base : CSLURM_NODE_UNKNOWN;
}

int cslurm_nodes(int64_t since, cslurm_node_visitor visit, void *context, int64_t *update) {
  node_info_msg_t *nodes = NULL;
  if (slurm_load_node((time_t)since, &nodes, SHOW_ALL) != SLURM_SUCCESS)
    return cslurm_failure();
  partition_info_msg_t *partitions = NULL;
  if (slurm_load_partitions(0, &partitions, SHOW_ALL) != SLURM_SUCCESS) {
    int code = cslurm_failure();
    slurm_free_node_info_msg(nodes);
    return code;
  }
  slurm_populate_node_partitions(nodes, partitions);
  *update = (int64_t)nodes->last_update;
  for (uint32_t i = 0; i < nodes->record_count; i++) {
    const node_info_t *info = &nodes->node_array[i];
    uint32_t state = info->node_state;
    if (!info->name)
      continue;
    struct cslurm_node node = {
        .name = info->name,
        .state = node_state(state),
        .completing = state & NODE_STATE_COMPLETING,
        .drain = state & NODE_STATE_DRAIN,
        .fail = state & NODE_STATE_FAIL,
        .maintenance = state & NODE_STATE_MAINT,
        .not_responding = state & NODE_STATE_NO_RESPOND,
        .powered_down =
            state & (NODE_STATE_POWERED_DOWN | NODE_STATE_POWERING_DOWN | NODE_STATE_POWER_DOWN),
        .rebooting = state & (NODE_STATE_REBOOT_REQUESTED | NODE_STATE_REBOOT_ISSUED),
        .reserved = state & NODE_STATE_RES,
        .cpus = info->cpus_efctv ? info->cpus_efctv : info->cpus,
        .memory_mib = (int64_t)info->real_memory - (int64_t)info->mem_spec_limit,
        .gres = cslurm_text(info->gres),
        .reason = cslurm_text(info->reason),
        .reason_seconds = cslurm_time(info->reason_time),
        .partitions = cslurm_text(info->partitions),
        .features = cslurm_text(info->features_act),
    };
    visit(context, &node);
  }
  slurm_free_partition_info_msg(partitions);
  slurm_free_node_info_msg(nodes);
  return 0;
}

// Text that grows; its owner frees it.
struct text {
  char *bytes;
  size_t length, room;
};

static void append(struct text *text, const char *sign, const char *name) {
  size_t more = strlen(sign) + strlen(name) + 1;
  if (text->length + more + 1 > text->room) {
    size_t room = 2 * (text->room + more + 64);
    char *bytes = realloc(text->bytes, room);
    if (!bytes)
      return;
    text->bytes = bytes;
    text->room = room;
  }
  text->length += (size_t)snprintf(
      text->bytes + text->length, text->room - text->length, "%s%s%s", text->length ? "," : "",
      sign, name);
}

// The accounts of a group, as slurmctld reads them: those that it lists, and whose own group it is.
static void append_members(struct text *text, const char *sign, const char *group) {
  struct group *found = getgrnam(group);
  if (!found)
    return;
  gid_t gid = found->gr_gid;
  for (char **member = found->gr_mem; *member; member++)
    append(text, sign, *member);
  setpwent();
  for (struct passwd *account = getpwent(); account; account = getpwent())
    if (account->pw_gid == gid)
      append(text, sign, account->pw_name);
  endpwent();
}

// Whom a reservation names: its users, else the members of its groups. A group without any leaves
// one that is nobody: then it is for nobody, and not for all.
static struct text reservation_users(const reserve_info_t *info) {
  struct text text = {NULL, 0, 0};
  if (info->users && info->users[0])
    append(&text, "", info->users);
  if (!info->groups || !info->groups[0])
    return text;
  char *groups = strdup(info->groups), *rest = NULL;
  for (char *group = groups ? strtok_r(groups, ",", &rest) : NULL; group;
       group = strtok_r(NULL, ",", &rest))
    append_members(&text, group[0] == '-' ? "-" : "", group[0] == '-' ? group + 1 : group);
  free(groups);
  if (!text.length)
    append(&text, "", "*");
  return text;
}

int cslurm_reservations(
    int64_t since, cslurm_reservation_visitor visit, void *context, int64_t *update) {
  reserve_info_msg_t *reservations = NULL;
  if (slurm_load_reservations((time_t)since, &reservations) != SLURM_SUCCESS)
    return cslurm_failure();
  *update = (int64_t)reservations->last_update;
  for (uint32_t i = 0; i < reservations->record_count; i++) {
    const reserve_info_t *info = &reservations->reservation_array[i];
    if (!info->name || !info->node_list || !info->node_list[0])
      continue;
    struct text users = reservation_users(info);
    struct cslurm_reservation reservation = {
        .users = cslurm_text(users.bytes),
        .accounts = cslurm_text(info->accounts),
        .takes_plans = !(info->flags & RESERVE_FLAG_TIME_FLOAT) && !info->core_spec_cnt,
        .name = info->name,
        .nodes = info->node_list,
        .start_seconds = (int64_t)info->start_time,
        .end_seconds = (int64_t)info->end_time,
        .maintenance = info->flags & RESERVE_FLAG_MAINT,
    };
    visit(context, &reservation);
    free(users.bytes);
  }
  slurm_free_reservation_info_msg(reservations);
  return 0;
}

static enum cslurm_partition_state partition_state(uint16_t state) {
  switch (state) {
  case PARTITION_UP:
    return CSLURM_PARTITION_UP;
  case PARTITION_DOWN:
    return CSLURM_PARTITION_DOWN;
  case PARTITION_DRAIN:
    return CSLURM_PARTITION_DRAIN;
  default:
    return CSLURM_PARTITION_INACTIVE;
  }
}

int cslurm_partitions(
    int64_t since, cslurm_partition_visitor visit, void *context, int64_t *update) {
  partition_info_msg_t *partitions = NULL;
  if (slurm_load_partitions((time_t)since, &partitions, SHOW_ALL) != SLURM_SUCCESS)
    return cslurm_failure();
  *update = (int64_t)partitions->last_update;
  for (uint32_t i = 0; i < partitions->record_count; i++) {
    const partition_info_t *info = &partitions->partition_array[i];
    if (!info->name)
      continue;
    struct cslurm_partition partition = {
        .name = info->name,
        .state = partition_state(info->state_up),
        .maximum_minutes = cslurm_number(info->max_time),
        .maximum_nodes = cslurm_number(info->max_nodes),
    };
    visit(context, &partition);
  }
  slurm_free_partition_info_msg(partitions);
  return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
#include "cslurm_internal.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

// libslurm's description has `char *` where it only reads.
#define READ(text) ((char *)(uintptr_t)(text))

int cslurm_submit_held(const struct cslurm_held_job *job, uint32_t *job_id) {
  job_desc_msg_t desc;
  slurm_init_job_desc_msg(&desc);
  desc.admin_comment = READ(job->admin_comment);
  desc.name = READ(job->name);
  desc.script = READ(job->script);
  desc.work_dir = READ(job->work_dir);
  desc.account = READ(job->account);
  desc.partition = READ(job->partition);
  desc.std_out = READ(job->std_out);
  desc.std_err = READ(job->std_err);
  desc.std_in = READ(job->std_in);
  desc.array_inx = READ(job->array);
  desc.comment = READ(job->comment);
  desc.reservation = READ(job->reservation);
  desc.tres_per_node = READ(job->tres_per_node);
  desc.environment = (char **)(uintptr_t)job->environment;
  desc.env_size = job->environment_count;
  desc.user_id = job->uid;
  desc.group_id = job->gid;
  desc.min_nodes = desc.max_nodes = job->nodes;
  desc.num_tasks = job->tasks;
  desc.cpus_per_task = (uint16_t)job->cpus_per_task;
  desc.min_cpus = job->tasks * job->cpus_per_task;
  if (job->tasks % job->nodes == 0)
    desc.ntasks_per_node = (uint16_t)(job->tasks / job->nodes);
  if (job->memory_mib_per_node >= 0)
    desc.pn_min_memory = (uint64_t)job->memory_mib_per_node;
  desc.time_limit = job->time_limit_minutes;
  if (job->exclusive)
    desc.shared = JOB_SHARED_NONE;
  desc.priority = 0;
  desc.requeue = 0;

  submit_response_msg_t *answer = NULL;
  if (slurm_submit_batch_job(&desc, &answer) != SLURM_SUCCESS)
    return cslurm_failure();
  // error_code is a warning here: a held job answers ESLURM_JOB_HELD and stands.
  *job_id = answer->job_id;
  slurm_free_submit_response_response_msg(answer);
  return 0;
}

// The first failure of an answer for several tasks; frees the answer.
static int first_failure(int status, job_array_resp_msg_t *answers) {
  int code = status == SLURM_SUCCESS ? 0 : cslurm_failure();
  if (answers) {
    for (uint32_t i = 0; i < answers->job_array_count && !code; i++)
      code = (int)answers->error_code[i];
    slurm_free_job_array_resp(answers);
  }
  return code;
}

int cslurm_release(
    const char *target, const char *nodes, uint32_t node_count, const char *partition) {
  job_desc_msg_t desc;
  slurm_init_job_desc_msg(&desc);
  desc.job_id_str = READ(target);
  desc.req_nodes = READ(nodes);
  desc.min_nodes = desc.max_nodes = node_count;
  if (partition[0])
    desc.partition = READ(partition);
  desc.priority = INFINITE;
  // A requeued job waits two minutes unless told otherwise.
  desc.begin_time = time(NULL);
  job_array_resp_msg_t *answers = NULL;
  int status = slurm_update_job2(&desc, &answers);
  return first_failure(status, answers);
}

int cslurm_hold(const char *target) {
  job_desc_msg_t desc;
  slurm_init_job_desc_msg(&desc);
  desc.job_id_str = READ(target);
  desc.priority = 0;
  job_array_resp_msg_t *answers = NULL;
  int status = slurm_update_job2(&desc, &answers);
  return first_failure(status, answers);
}

int cslurm_cancel(const char *target) {
  return slurm_kill_job2(target, SIGKILL, 0, NULL) == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_put_back(const char *target) {
  job_array_resp_msg_t *answers = NULL;
  int status = slurm_requeue2(READ(target), JOB_REQUEUE_HOLD, &answers);
  return first_failure(status, answers);
}

int cslurm_signal(const char *target, uint16_t number) {
  int status = slurm_kill_job2(target, number, KILL_JOB_BATCH, NULL);
  return status == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_notify(uint32_t job_id, const char *text) {
  return slurm_notify_job(job_id, READ(text)) == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_limit(const char *target, uint32_t minutes) {
  job_desc_msg_t desc;
  slurm_init_job_desc_msg(&desc);
  desc.job_id_str = READ(target);
  desc.time_limit = minutes;
  job_array_resp_msg_t *answers = NULL;
  int status = slurm_update_job2(&desc, &answers);
  return first_failure(status, answers);
}

static int update_node(const char *node, uint32_t state, const char *reason) {
  update_node_msg_t change;
  slurm_init_update_node_msg(&change);
  change.node_names = READ(node);
  change.node_state = state;
  if (reason) {
    change.reason = READ(reason);
    change.reason_uid = getuid();
  }
  return slurm_update_node(&change) == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_drain(const char *node, const char *reason) {
  return update_node(node, NODE_STATE_DRAIN, reason);
}

int cslurm_resume(const char *node) { return update_node(node, NODE_RESUME, NULL); }

static uint16_t slurms_state(enum cslurm_partition_state state) {
  switch (state) {
  case CSLURM_PARTITION_UP:
    return PARTITION_UP;
  case CSLURM_PARTITION_DOWN:
    return PARTITION_DOWN;
  case CSLURM_PARTITION_DRAIN:
    return PARTITION_DRAIN;
  case CSLURM_PARTITION_INACTIVE:
    break;
  }
  return PARTITION_INACTIVE;
}

int cslurm_set_partition(const char *partition, enum cslurm_partition_state state) {
  update_part_msg_t change;
  slurm_init_part_desc_msg(&change);
  change.name = READ(partition);
  change.state_up = slurms_state(state);
  return slurm_update_partition(&change) == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_reserve(const struct cslurm_new_reservation *reservation) {
  resv_desc_msg_t desc;
  slurm_init_resv_desc_msg(&desc);
  desc.name = READ(reservation->name);
  desc.node_list = READ(reservation->nodes);
  if (reservation->users[0])
    desc.users = READ(reservation->users);
  if (reservation->accounts[0])
    desc.accounts = READ(reservation->accounts);
  desc.start_time = (time_t)reservation->start_seconds;
  desc.end_time = (time_t)reservation->end_seconds;
  desc.flags = (reservation->maintenance ? RESERVE_FLAG_MAINT : 0) |
      (reservation->ignore_jobs ? RESERVE_FLAG_IGN_JOBS : 0);
  char *name = slurm_create_reservation(&desc);
  if (!name)
    return cslurm_failure();
  free(name);
  return 0;
}

int cslurm_delete_reservation(const char *name) {
  reservation_name_msg_t gone = {.name = READ(name)};
  return slurm_delete_reservation(&gone) == SLURM_SUCCESS ? 0 : cslurm_failure();
}

int cslurm_mark(const char *target, const char *admin_comment) {
  job_desc_msg_t desc;
  slurm_init_job_desc_msg(&desc);
  desc.job_id_str = READ(target);
  desc.admin_comment = READ(admin_comment);
  job_array_resp_msg_t *answers = NULL;
  int status = slurm_update_job2(&desc, &answers);
  return first_failure(status, answers);
}

// SPDX-License-Identifier: GPL-2.0-or-later
//
// CSlurm: libslurm as flat functions, and the one place that knows the differences between Slurm's
// versions. Swift can import slurm.h but sees none of its bit macros, and errno must be read before
// any other runtime runs.
//
// Rules, for every function here:
// - It answers 0 or one of Slurm's error numbers (slurm_errno.h), never -1.
// - Whatever is handed in is read during the call only. Whatever is handed out is either a plain
//   number written into the caller's memory, or a pointer that a visitor sees during its call only.
// - Absent numbers are CSLURM_NONE, absent texts are empty, never NULL.
// - It may block for as long as libslurm does (see docs/adr/0003-slurm-as-probed.md), and libslurm
//   may end the process. One call at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSLURM_NONE (-1LL)

// Reads Slurm's configuration (SLURM_CONF or the default place). Call once, first; libslurm ends
// the process when there is none.
void cslurm_begin(void);

// What an error number means for the caller.
enum cslurm_meaning {
  CSLURM_ACCEPTED,
  CSLURM_NO_CHANGE,         // nothing changed since the given time
  CSLURM_NOT_SENT,          // slurmctld never heard of it: repeat later
  CSLURM_UNKNOWN,           // slurmctld may have done it
  CSLURM_BUSY,              // slurmctld said: not now (standby, its state is being changed)
  CSLURM_NO_SUCH_JOB,
  CSLURM_ALREADY_ENDED,
  CSLURM_NOT_WAITING,
  CSLURM_IMPOSSIBLE,
  CSLURM_NOT_NOW,           // not as things stand: a partition is closed, or its limit too short
  CSLURM_OTHER,
};
enum cslurm_meaning cslurm_meaning(int code);

// Whether slurmctld takes connections, within `milliseconds`. libslurm itself tries for 9 seconds and
// then tells a refused connection from a lost answer for some calls only; so ask here first.
bool cslurm_reachable(int milliseconds);

// Slurm's words for an error number, cut to `size` bytes with the final zero.
void cslurm_message(int code, char *text, size_t size);

// MARK: the cluster

struct cslurm_cluster {
  char name[128];
  char version[32];
  int64_t kill_wait_seconds;
  int64_t over_time_limit_minutes; // CSLURM_NONE: without end
  int64_t min_job_age_seconds;
  int64_t boot_seconds;
};
int cslurm_cluster(struct cslurm_cluster *out);

// MARK: acts

struct cslurm_held_job {
  const char *admin_comment; // the whole text, "polder:P1042"
  const char *name, *script, *work_dir, *account, *partition;
  const char *std_out, *std_err, *std_in; // NULL: Slurm's default
  const char *array;                      // NULL: a single job
  const char *reservation;                // NULL: none
  const char *comment;                    // NULL: none
  const char *tres_per_node;              // NULL: none
  const char *const *environment;         // environment_count texts
  uint32_t environment_count;
  uint32_t uid, gid;
  uint32_t nodes, tasks, cpus_per_task;
  int64_t memory_mib_per_node; // CSLURM_NONE: the partition's default; 0: all
  uint32_t time_limit_minutes;
  bool exclusive;
};

// Submits with priority 0. On 0 *job_id is Slurm's id.
int cslurm_submit_held(const struct cslurm_held_job *job, uint32_t *job_id);

// `target` is "17" or "17_3". For an array's waiting rest some tasks may fail while others succeed:
// the first failure is answered.

// Only for a job that is held: on one that runs, Slurm takes the nodes for its new size and gives
// the others back, whatever it answers. An array's id would release all its waiting tasks.
// With "" for the partition it stays in its own.
int cslurm_release(
    const char *target, const char *nodes, uint32_t node_count, const char *partition);

// Slurm accepts it for a job that runs too, to no effect: look afterwards.
int cslurm_hold(const char *target);

// Waiting or running, with its script and all steps: SIGTERM, and SIGKILL after KillWait.
int cslurm_cancel(const char *target);

// A running batch job: ended as by a cancel, then it waits under its id, held. Fails with
// ESLURM_DISABLED unless it was submitted as one that may be requeued.
int cslurm_put_back(const char *target);

// Running only: to the batch script's shell alone.
int cslurm_signal(const char *target, uint16_t number);

// Running only: a line on the standard error of its script, or of its salloc or srun. `job_id` is a
// task's own, not its array's.
int cslurm_notify(uint32_t job_id, const char *text);

// Running only: longer or shorter, by the clock of its start.
int cslurm_limit(const char *target, uint32_t minutes);

// Waiting or running: its admin comment, whole.
int cslurm_mark(const char *target, const char *admin_comment);

// What runs there runs on, and nothing new starts. Slurm keeps the first reason of a node that is
// drained already.
int cslurm_drain(const char *node, const char *reason);

// Takes a drained node, or one that is down, back. Fails with ESLURM_INVALID_NODE_STATE otherwise.
int cslurm_resume(const char *node);

enum cslurm_partition_state {
  CSLURM_PARTITION_UP,
  CSLURM_PARTITION_DOWN,  // takes jobs, starts none
  CSLURM_PARTITION_DRAIN, // takes none, starts those that it has
  CSLURM_PARTITION_INACTIVE,
};

// What runs there runs on. Slurm accepts the state that it is in.
int cslurm_set_partition(const char *partition, enum cslurm_partition_state state);

struct cslurm_new_reservation {
  const char *name;
  const char *nodes;            // "gn01,gn02"
  const char *users, *accounts; // "anouk,bram", "" for none; one of both names somebody
  int64_t start_seconds, end_seconds;
  bool maintenance;
  bool ignore_jobs; // else ESLURM_NODES_BUSY where something runs on the nodes past its start
};

// Fails with ESLURM_RESERVATION_NAME_DUP where there is one of that name, whatever it is.
int cslurm_reserve(const struct cslurm_new_reservation *reservation);

// Fails with ESLURM_RESERVATION_BUSY where jobs are in it.
int cslurm_delete_reservation(const char *name);

// MARK: looks

// Kept in step with SlurmJobState and SlurmNodeState of BridgeProtocol by SlurmControl.
enum cslurm_job_state {
  CSLURM_JOB_PENDING, CSLURM_JOB_RUNNING, CSLURM_JOB_SUSPENDED, CSLURM_JOB_COMPLETED,
  CSLURM_JOB_CANCELLED, CSLURM_JOB_FAILED, CSLURM_JOB_TIMEOUT, CSLURM_JOB_NODE_FAIL,
  CSLURM_JOB_PREEMPTED, CSLURM_JOB_BOOT_FAIL, CSLURM_JOB_DEADLINE, CSLURM_JOB_OOM,
  CSLURM_JOB_UNKNOWN,
};

struct cslurm_node_share {
  const char *node;
  int64_t cpus, memory_mib;
  const char *gres; // "gpu:h100:2(IDX:0-1)"
};

struct cslurm_job {
  int64_t job_id, array_job_id, array_task_id; // CSLURM_NONE: not of an array, not a single task
  const char *array_tasks;                     // waiting rest of an array, "0-3,7%4"
  int64_t array_throttle;                      // CSLURM_NONE: none
  int64_t het_leader;
  const char *admin_comment, *account, *partition, *name, *reason, *dependency;
  int64_t uid;
  enum cslurm_job_state state;
  bool completing, configuring, requeued, requeue_held, resizing, stopped, held;
  bool may_requeue; // by Slurm, after a failure of its nodes
  int64_t submit_seconds, eligible_seconds, start_seconds, end_seconds;
  int64_t time_limit_minutes; // CSLURM_NONE: unlimited, or the partition's while it waits
  int64_t exit_code, exit_signal;
  int64_t requested_nodes, requested_maximum_nodes, requested_tasks, requested_cpus;
  int64_t requested_cpus_per_task;
  int64_t memory_mib_per_node, memory_mib_per_cpu; // CSLURM_NONE: not set
  const char *tres_per_node, *tres_per_job, *requested_node_names;
  int64_t restarts;
  const struct cslurm_node_share *shares;
  size_t share_count;
};
typedef void (*cslurm_job_visitor)(void *context, const struct cslurm_job *job);

// Visits all jobs that slurmctld knows. `since` is a former *update, or 0 for all; answers
// SLURM_NO_CHANGE_IN_DATA (see cslurm_meaning) when nothing changed.
int cslurm_jobs(int64_t since, cslurm_job_visitor visit, void *context, int64_t *update);

// Visits the job of this id; for an array's id all the array's records.
int cslurm_job(uint32_t job_id, cslurm_job_visitor visit, void *context);

enum cslurm_node_state {
  CSLURM_NODE_UNKNOWN, CSLURM_NODE_DOWN, CSLURM_NODE_IDLE, CSLURM_NODE_ALLOCATED,
  CSLURM_NODE_ERROR, CSLURM_NODE_MIXED, CSLURM_NODE_FUTURE,
};

struct cslurm_node {
  const char *name;
  enum cslurm_node_state state;
  bool completing, drain, fail, maintenance, not_responding, powered_down, rebooting, reserved;
  int64_t cpus, memory_mib;
  const char *gres; // "gpu:h100:4(S:0-1)"
  const char *reason;
  int64_t reason_seconds;
  const char *partitions; // "gpu,whole"
  const char *features;   // that a job can ask for now, "nvlink,hbm"
};
typedef void (*cslurm_node_visitor)(void *context, const struct cslurm_node *node);
int cslurm_nodes(int64_t since, cslurm_node_visitor visit, void *context, int64_t *update);

struct cslurm_reservation {
  const char *name;
  const char *nodes; // "gn[01-03],x7", never empty
  // "anouk,bram", or "-anouk" of those that it keeps out; "" for all. Members of its groups are users.
  const char *users, *accounts;
  int64_t start_seconds, end_seconds;
  bool maintenance;
  bool takes_plans; // its time is fixed, and it is of whole nodes
};
typedef void (*cslurm_reservation_visitor)(
    void *context, const struct cslurm_reservation *reservation);
int cslurm_reservations(
    int64_t since, cslurm_reservation_visitor visit, void *context, int64_t *update);

struct cslurm_partition {
  const char *name;
  enum cslurm_partition_state state;
  int64_t maximum_minutes, maximum_nodes; // CSLURM_NONE: without end
};
typedef void (*cslurm_partition_visitor)(void *context, const struct cslurm_partition *partition);
int cslurm_partitions(
    int64_t since, cslurm_partition_visitor visit, void *context, int64_t *update);

// MARK: node lists

typedef void (*cslurm_name_visitor)(void *context, const char *name);
// Visits the names of "gn[01-03],x7", at most `maximum`; false when there are more, or none can be
// read. Needs no slurmctld.
bool cslurm_expand(const char *list, size_t maximum, cslurm_name_visitor visit, void *context);

// MARK: accounts

// Whether the system knows an account of this uid and it belongs to the group.
bool cslurm_account_has_group(uint32_t uid, uint32_t gid);

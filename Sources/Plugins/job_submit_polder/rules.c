// SPDX-License-Identifier: GPL-2.0-or-later
// What is refused without asking, what an acceptance changes, and what users may change later.
#include "polder_plugin.h"

#include <stdio.h>
#include <string.h>

// Slurm writes these texts unquoted into its record of ended runs, a line for each run: a line break
// in one could forge another run's line.
static bool has_control(const char *text) {
  for (; text && *text; text++)
    if ((unsigned char)*text < 0x20 || *text == 0x7F)
      return true;
  return false;
}

// A blank and a key of that record in such a text would be read as the end of it. The same keys as in
// RecordText.swift.
static bool holds_key(const char *text) {
  static const char *const keys[] = {
      " JobId=",       " UserId=",     " GroupId=",         " Name=",     " JobState=",
      " Partition=",   " TimeLimit=",  " StartTime=",       " EndTime=",  " NodeList=",
      " NodeCnt=",     " ProcCnt=",    " WorkDir=",         " Tres=",     " ReservationName=",
      " Account=",     " QOS=",        " WcKey=",           " Cluster=",  " SubmitTime=",
      " EligibleTime=", " ExitCode=",  " DerivedExitCode=", " ArrayJobId=", " ArrayTaskId=",
      " HetJobId=",    " HetJobOffset="};
  for (size_t i = 0; text && i < sizeof keys / sizeof *keys; i++)
    if (strstr(text, keys[i]))
      return true;
  return false;
}

static bool is_too_long(const char *text) { return text && strlen(text) > 1024; }

static bool is_set(const char *text) { return text && text[0]; }

// Options that Slurm would act on and Polder does not know: another job would run than was quoted.
static const char *unsupported(const job_desc_msg_t *job) {
#define SAID(value, none, endless) ((value) != (none) && (value) != (endless) && (value) != 0)
  if (is_set(job->prefer))
    return "Polder: --prefer is not supported. Make it a condition with --constraint.";
  if (SAID(job->pn_min_tmp_disk, NO_VAL, INFINITE))
    return "Polder: --tmp is not supported: it does not know local disks. Ask for nodes that have "
           "one with --constraint.";
  if (SAID(job->contiguous, NO_VAL16, INFINITE16))
    return "Polder: --contiguous is not supported. Name the nodes with --nodelist.";
  if (SAID(job->reboot, NO_VAL16, INFINITE16))
    return "Polder: --reboot is not supported. Leave it out.";
  if (SAID(job->ntasks_per_socket, NO_VAL16, INFINITE16) ||
      SAID(job->ntasks_per_core, NO_VAL16, INFINITE16) ||
      SAID(job->ntasks_per_tres, NO_VAL16, INFINITE16))
    return "Polder: --ntasks-per-socket, --ntasks-per-core and --ntasks-per-gpu are not supported. "
           "Use --ntasks-per-node.";
  if (is_set(job->batch_features) || is_set(job->container) || is_set(job->network))
    return "Polder: --batch, --container and --network are not supported. Leave them out.";
#undef SAID
  return NULL;
}

const char *polder_refusal(const job_desc_msg_t *job) {
  const char *lines[] = {job->name,  job->work_dir,    job->account, job->partition,
                         job->wckey, job->reservation, job->qos};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    if (has_control(lines[i]))
      return "Polder: the job's name, folder, account, partition, wckey, reservation and QOS may "
             "have no control characters.";
    else if (is_too_long(lines[i]))
      return "Polder: the job's name, folder, account, partition, wckey, reservation and QOS may "
             "have 1024 bytes each.";
    else if (holds_key(lines[i]))
      return "Polder: the job's name, folder and wckey may hold no key of Slurm's record of ended "
             "runs after a blank, such as ' JobState=': they stand there unquoted. Use another.";
  if (job->time_limit == INFINITE)
    return "Polder: a time limit without end is refused, since no budget can cover it. "
           "Give one, such as --time=2:00:00.";
  if (job->het_job_offset != NO_VAL)
    return "Polder: heterogeneous jobs are not supported yet. Submit the parts as jobs of their "
           "own, with --dependency.";
  // What would change the resources behind Polder's back.
  if (job->core_spec != NO_VAL16 && job->core_spec != 0)
    return "Polder: --core-spec and --thread-spec are not supported.";
  // Slurm would give the job that many CPUs of a node, whatever its tasks ask for and were quoted.
  // sbatch itself sets it to the CPUs of a task.
  uint16_t cpus_per_task = job->cpus_per_task == NO_VAL16 ? 1 : job->cpus_per_task;
  if (job->pn_min_cpus != NO_VAL16 && job->pn_min_cpus > 1 && job->pn_min_cpus > cpus_per_task)
    return "Polder: --mincpus is not supported: it would take more than was quoted. "
           "Use --cpus-per-task.";
  // The whole node would be closed to others, and a part of it paid for.
  if (job->shared == JOB_SHARED_USER || job->shared == JOB_SHARED_MCS)
    return "Polder: --exclusive=user and --exclusive=mcs are not supported. Use --exclusive alone, "
           "which asks and pays for whole nodes.";
  if (job->priority == 0)
    return "Polder: --hold is not supported yet, since Polder would release the job in its turn. "
           "Use --begin, or submit it later.";
  if (is_set(job->burst_buffer) || is_set(job->cluster_features))
    return "Polder: burst buffers and --cluster-constraint are not supported.";
  return unsupported(job);
}

static void replace(char **text, const char *value) {
  slurm_xfree((void **)text);
  *text = slurm_xstrdup(value);
}

// `after:12+5` to `after:12`: Polder waits for the delay before it releases the job, and Slurm would
// count another from a job that was cancelled before it could start.
static void drop_delays(char *dependency) {
  char *to = dependency;
  for (const char *from = dependency; from && *from;) {
    if (*from == '+') {
      from += 1 + strspn(from + 1, "0123456789");
      continue;
    }
    *to++ = *from++;
  }
  if (to)
    *to = 0;
}

void polder_apply(job_desc_msg_t *job, const struct polder_answer *answer) {
  char comment[sizeof answer->key + sizeof "polder:"];
  snprintf(comment, sizeof comment, "polder:%s", answer->key);
  replace(&job->admin_comment, comment);
  job->priority = 0;
  // What makes way for others waits again, and Slurm alone has its script.
  if (job->requeue == NO_VAL16)
    job->requeue = answer->requeue == 1;
  // A class of service of Polder's: Slurm would wait for ever for a QOS that it does not have.
  slurm_xfree((void **)&job->qos);
  // Polder lends them: a second count, in Slurm, would know nothing of jobs to come.
  slurm_xfree((void **)&job->licenses);
  // Polder's to judge: Slurm would shorten the limit by itself, or end a job that was promised.
  job->time_min = NO_VAL;
  job->deadline = 0;
  // Of nodes that Polder names Slurm would wait for nearer ones.
  job->req_switch = NO_VAL;
  drop_delays(job->dependency);
  if (answer->account[0])
    replace(&job->account, answer->account);
  if (answer->partition[0])
    replace(&job->partition, answer->partition);
  if (answer->nodes > 0)
    job->min_nodes = job->max_nodes = (uint32_t)answer->nodes;
  if (answer->tasks > 0)
    job->num_tasks = (uint32_t)answer->tasks;
  if (answer->cpus_per_task > 0)
    job->cpus_per_task = (uint16_t)answer->cpus_per_task;
  // CPUs and memory of each GPU were resolved to those of a task and a node.
  slurm_xfree((void **)&job->cpus_per_tres);
  slurm_xfree((void **)&job->mem_per_tres);
  if (answer->tasks > 0 && answer->cpus_per_task > 0) {
    job->min_cpus = (uint32_t)(answer->tasks * answer->cpus_per_task);
    if (answer->nodes > 0 && answer->tasks % answer->nodes == 0)
      job->ntasks_per_node = (uint16_t)(answer->tasks / answer->nodes);
  }
  if (answer->memory_mib_per_node >= 0)
    job->pn_min_memory = (uint64_t)answer->memory_mib_per_node;
  if (answer->time_limit_minutes > 0)
    job->time_limit = (uint32_t)answer->time_limit_minutes;
  if (answer->tres_per_node[0]) {
    // GPUs were resolved to a number on each node: said once, Slurm can't spread them otherwise.
    slurm_xfree((void **)&job->tres_per_job);
    slurm_xfree((void **)&job->tres_per_socket);
    slurm_xfree((void **)&job->tres_per_task);
    replace(&job->tres_per_node, answer->tres_per_node);
  }
}

const char *polder_change_refusal(const job_desc_msg_t *change) {
  job_desc_msg_t unset;
  slurm_init_job_desc_msg(&unset);
#define CHANGES(field) (change->field != unset.field)
  if (CHANGES(priority) && change->priority != 0)
    return "Polder releases jobs when their turn has come: squeue shows why it waits. To end it, "
           "scancel.";
  // A new nice value gives a held job a priority above 0: slurmctld releases it.
  if (CHANGES(nice) || CHANGES(site_factor))
    return "Polder orders its queue by itself: nice values can't be changed";
  // Any other limit is polderd's to allow: slurmctld itself lets users make that of a waiting job
  // longer, and what it is now can't be read from a plugin safely.
  if (change->time_limit == INFINITE)
    return "a time limit without end is refused, since no budget can cover it";
  if (change->admin_comment)
    return "the admin comment holds Polder's id";
  if (change->account || change->partition || change->qos || change->reservation ||
      change->wckey)
    return "account, partition, QOS, reservation and wckey stand since submission: cancel the job "
           "and submit it anew";
  if (CHANGES(min_nodes) || CHANGES(max_nodes) || CHANGES(num_tasks) || CHANGES(min_cpus) ||
      CHANGES(max_cpus) || CHANGES(cpus_per_task) || CHANGES(pn_min_cpus) ||
      CHANGES(pn_min_memory) || CHANGES(pn_min_tmp_disk) || CHANGES(ntasks_per_node) ||
      CHANGES(ntasks_per_socket) || CHANGES(ntasks_per_core) || CHANGES(ntasks_per_tres) ||
      CHANGES(sockets_per_node) || CHANGES(cores_per_socket) || CHANGES(threads_per_core) ||
      CHANGES(core_spec) || CHANGES(shared) || CHANGES(contiguous) || CHANGES(overcommit) ||
      change->tres_per_job || change->tres_per_node || change->tres_per_socket ||
      change->tres_per_task || change->cpus_per_tres || change->mem_per_tres ||
      change->licenses || change->burst_buffer)
    return "resources stand since they were quoted: cancel the job and submit it anew";
  if (change->req_nodes || change->exc_nodes || change->features || change->prefer ||
      change->cluster_features || change->batch_features || CHANGES(req_switch))
    return "Polder places jobs: nodes and features can't be changed";
  if (CHANGES(begin_time) || CHANGES(deadline) || change->dependency || CHANGES(time_min) ||
      CHANGES(end_time) || CHANGES(requeue) || change->array_inx ||
      CHANGES(group_id) || CHANGES(delay_boot) || CHANGES(reboot))
    return "begin, deadline, dependency, requeue and array stand since submission: cancel the job "
           "and submit it anew";
  if (has_control(change->name) || has_control(change->work_dir) || holds_key(change->name) ||
      holds_key(change->work_dir) || is_too_long(change->name) || is_too_long(change->work_dir))
    return "the job's name and folder may have no control characters, no key of Slurm's record of "
           "ended runs such as ' JobState=', and 1024 bytes each";
  return NULL;
#undef CHANGES
}

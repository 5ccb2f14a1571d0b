// SPDX-License-Identifier: GPL-2.0-or-later
//
// job_submit/polder: slurmctld asks Polder before it takes a job.
//
// Rules, in this order, for a submission (sbatch, srun, salloc):
// 1. By SlurmUser or root with an admin comment that begins with "polder:": it is Polder's own and
//    passes untouched, without asking, also while Polder is down.
// 2. Anybody else's is described to polderd, which decides; on its yes the job gets Polder's id as
//    admin comment, is held, and gets the resources that were quoted. A no is shown in full.
// 3. If polderd does not answer, nothing is accepted (unless FailOpen=yes).
// For a change of a job (scontrol update, hold, release): SlurmUser and root may do anything, also
// while Polder is down; others may hold, and change the name, comment, mail and output. Another time
// limit is asked of polderd (POST /v1/plugin/modify): what it accepts it has held for, and has Slurm
// told by itself afterwards, so that slurmctld changes nothing here. slurmctld
// 22.05 shows only an error number for a change that is refused: the words are in its log.
//
// slurmctld calls a plugin one call at a time, holding its lock on jobs: polderd must not ask
// Slurm anything while it answers, and the whole exchange has one deadline. After a time-out
// nothing is asked for some seconds, so that a hanging polderd costs slurmctld one deadline and not
// one for each submission.
//
// The exchange: HTTP/1.1 over a Unix socket, POST /v1/plugin/submit, a JSON object (see request.c
// for its members), Connection: close. The answer has status 200 and lines of text:
//   decision=accept|refuse
//   message=…               shown to the user; "\n" is a line break, "\\" a backslash
//   key=P1043               on accept, with what was quoted:
//   account=… partition=… nodes=… tasks=… cpusPerTask=… memoryMiBPerNode=… timeLimitMinutes=…
//   tresPerNode=gres:gpu:h100:2
// A key that is missing leaves the job's value as it is; unknown keys are passed over.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>

// Opaque: its fields are not in the public headers.
struct job_record;

// Exported by slurmctld and declared in none of the public headers.
extern slurm_conf_t slurm_conf;
extern char *slurm_xstrdup(const char *text);
// Has slurmctld's scheduler run as soon as it can get its locks. Of slurmctld itself, not of the public
// headers; tried with 22.05, the same by its source in 23.02 and later, and weak: NULL where it is not there.
extern void schedule(bool full_queue) __attribute__((weak));
extern void slurm_xfree(void **pointer);
extern int slurm_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern int slurm_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// MARK: configuration

struct polder_conf {
  char socket[108];
  int deadline_milliseconds; // connect, write and read together
  int pause_milliseconds;    // nothing is asked for so long after a time-out
  bool fail_open;
};
// polder.conf beside slurm.conf: Socket=, DeadlineMilliseconds=, PauseMilliseconds=, FailOpen=yes|no.
// Read again when it has changed. False if there is none or it can't be understood.
bool polder_conf_read(struct polder_conf *out);

// MARK: request

enum { POLDER_REQUEST_SIZE = 60 * 1024, POLDER_ANSWER_SIZE = 16 * 1024 };
// The JSON of a submission, without its environment and script. 0, or -1 if it does not fit.
int polder_request(const job_desc_msg_t *job, uint32_t submit_uid, char *json, size_t size);
// The JSON of a change of the time limit. 0, or -1 if it does not fit or has no limit.
int polder_change_request(
    const job_desc_msg_t *change, uint32_t submit_uid, char *json, size_t size);

// MARK: exchange

enum polder_exchange {
  POLDER_ANSWERED,
  POLDER_ABSENT,    // nobody listens
  POLDER_TIMED_OUT, // no whole answer within the deadline
  POLDER_BABBLED,   // an answer that is none
};
// Posts `json` to /v1/plugin/`path` and gives the body of a 200 as text with a final zero.
enum polder_exchange polder_post(
    const struct polder_conf *conf, const char *path, const char *json, char *body, size_t size);

// MARK: answer

struct polder_answer {
  bool accepted;
  char message[8192];
  char key[64], account[128], partition[128], tres_per_node[256];
  // -1: not said.
  int64_t nodes, tasks, cpus_per_task, memory_mib_per_node, time_limit_minutes, requeue;
};
// False if the text is no answer.
bool polder_answer_parse(char *text, struct polder_answer *out);

// MARK: rules

// Why a submission is refused without asking, or NULL.
const char *polder_refusal(const job_desc_msg_t *job);
// Puts what was accepted into the job.
void polder_apply(job_desc_msg_t *job, const struct polder_answer *answer);
// Why a user may not change a job so, or NULL.
const char *polder_change_refusal(const job_desc_msg_t *change);

// SPDX-License-Identifier: GPL-2.0-or-later
// What slurmctld calls, and the order of the rules: see polder_plugin.h.
#include "polder_plugin.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

extern const char plugin_name[], plugin_type[];
extern const uint32_t plugin_version;
const char plugin_name[] = "Polder's admission of jobs";
const char plugin_type[] = "job_submit/polder";
// slurmctld refuses to start with a plugin of another micro version.
const uint32_t plugin_version = SLURM_VERSION_NUMBER;

extern int init(void);
extern int fini(void);
extern int job_submit(job_desc_msg_t *job, uint32_t submit_uid, char **err_msg);
extern int job_modify(job_desc_msg_t *job, struct job_record *record, uint32_t submit_uid);

int init(void) {
  struct polder_conf conf;
  // Not fatal: without it every submission is refused with words.
  if (!polder_conf_read(&conf))
    slurm_error("job_submit/polder: no usable polder.conf beside %s", slurm_conf.slurm_conf);
  return SLURM_SUCCESS;
}

int fini(void) { return SLURM_SUCCESS; }

static bool is_trusted(uint32_t uid) { return uid == 0 || uid == slurm_conf.slurm_user_id; }

static void say(char **err_msg, const char *words) {
  if (err_msg && !*err_msg && words[0])
    *err_msg = slurm_xstrdup(words);
}

static int64_t now_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// No answer: closed, or open if the site chose so.
static int without_answer(
    const struct polder_conf *conf, job_desc_msg_t *job, char **err_msg, const char *why) {
  slurm_error("job_submit/polder: %s", why);
  if (conf && conf->fail_open) {
    slurm_xfree((void **)&job->admin_comment);
    job->admin_comment = slurm_xstrdup("polder:open");
    say(err_msg, "Polder does not answer: this job is taken unseen, and charged to its project once it does.");
    return SLURM_SUCCESS;
  }
  say(err_msg, "Polder does not answer; nothing was accepted, nothing is charged. "
               "Try again in a minute.");
  return ESLURM_SUBMISSIONS_DISABLED;
}

// Nothing is asked until then: polderd timed out.
static int64_t paused_until = 0;

static int ask(
    const struct polder_conf *conf, job_desc_msg_t *job, uint32_t submit_uid, char **err_msg) {
  // slurmctld calls one at a time; so these are this call's own.
  static char json[POLDER_REQUEST_SIZE], body[POLDER_ANSWER_SIZE];
  static struct polder_answer answer;

  if (polder_request(job, submit_uid, json, sizeof json) != 0) {
    say(err_msg, "Polder: the options of this job are too long.");
    return ESLURM_PATHNAME_TOO_LONG;
  }
  if (now_milliseconds() < paused_until)
    return without_answer(conf, job, err_msg, "polderd timed out a moment ago: not asked");
  switch (polder_post(conf, "submit", json, body, sizeof body)) {
  case POLDER_ANSWERED:
    break;
  case POLDER_ABSENT:
    return without_answer(conf, job, err_msg, "polderd does not listen");
  case POLDER_TIMED_OUT:
    paused_until = now_milliseconds() + conf->pause_milliseconds;
    return without_answer(conf, job, err_msg, "polderd did not answer in time");
  case POLDER_BABBLED:
    return without_answer(conf, job, err_msg, "polderd gave no answer that can be read");
  }
  if (!polder_answer_parse(body, &answer))
    return without_answer(conf, job, err_msg, "polderd gave no answer that can be read");
  say(err_msg, answer.message);
  if (!answer.accepted) {
    say(err_msg, "Polder refused this job.");
    slurm_info("job_submit/polder: refused uid %u: %s", job->user_id, answer.message);
    return ESLURM_ACCESS_DENIED;
  }
  polder_apply(job, &answer);
  slurm_info("job_submit/polder: %s accepted for uid %u", answer.key, job->user_id);
  return SLURM_SUCCESS;
}

int job_submit(job_desc_msg_t *job, uint32_t submit_uid, char **err_msg) {
  if (is_trusted(submit_uid) && job->admin_comment &&
      strncmp(job->admin_comment, "polder:", strlen("polder:")) == 0)
    return SLURM_SUCCESS;
  slurm_xfree((void **)&job->admin_comment);
  const char *refusal = polder_refusal(job);
  if (refusal) {
    say(err_msg, refusal);
    return ESLURM_ACCESS_DENIED;
  }
  struct polder_conf conf;
  if (!polder_conf_read(&conf))
    return without_answer(NULL, job, err_msg, "no usable polder.conf beside slurm.conf");
  return ask(&conf, job, submit_uid, err_msg);
}

// Asks for another time limit. polderd holds for it and has Slurm told once slurmctld is free of
// this call: what is left to slurmctld here is nothing.
static int ask_limit(job_desc_msg_t *change, uint32_t submit_uid) {
  static char json[POLDER_ANSWER_SIZE], body[POLDER_ANSWER_SIZE];
  static struct polder_answer answer;
  struct polder_conf conf;
  enum polder_exchange outcome = POLDER_ABSENT;
  if (polder_change_request(change, submit_uid, json, sizeof json) != 0)
    return ESLURM_INVALID_TIME_LIMIT;
  if (now_milliseconds() >= paused_until && polder_conf_read(&conf))
    outcome = polder_post(&conf, "modify", json, body, sizeof body);
  if (outcome == POLDER_TIMED_OUT)
    paused_until = now_milliseconds() + conf.pause_milliseconds;
  if (outcome != POLDER_ANSWERED || !polder_answer_parse(body, &answer)) {
    slurm_error("job_submit/polder: polderd gave no answer to a change of a time limit");
    return ESLURM_SUBMISSIONS_DISABLED;
  }
  if (!answer.accepted) {
    slurm_info("job_submit/polder: refused uid %u a time limit of job %s: %s", submit_uid,
               change->job_id_str, answer.message);
    return ESLURM_INVALID_TIME_LIMIT;
  }
  // Of a job that waits slurmctld may take the limit itself, as polderd rounded it.
  change->time_limit = answer.time_limit_minutes > 0 ? (uint32_t)answer.time_limit_minutes : NO_VAL;
  return SLURM_SUCCESS;
}

// Once slurmctld has made the change that it asks about here. By itself it looks once a second for what was
// released.
static void start_soon(void) {
  if (schedule)
    schedule(false);
}

int job_modify(job_desc_msg_t *job, struct job_record *record, uint32_t submit_uid) {
  if (is_trusted(submit_uid)) {
    if (job->priority == INFINITE)
      start_soon();
    return SLURM_SUCCESS;
  }
  (void)record;
  const char *refusal = polder_change_refusal(job);
  if (!refusal && job->time_limit != NO_VAL)
    return ask_limit(job, submit_uid);
  if (!refusal)
    return SLURM_SUCCESS;
  slurm_info(
      "job_submit/polder: refused uid %u a change of job %s: %s", submit_uid,
      job->job_id_str ? job->job_id_str : "?", refusal);
  return ESLURM_ACCESS_DENIED;
}

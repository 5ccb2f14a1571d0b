// SPDX-License-Identifier: GPL-2.0-or-later
#include "cslurm_internal.h"

#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// libslurm's own copy of slurm.conf, exported and declared in none of its public headers.
extern slurm_conf_t slurm_conf;

void cslurm_begin(void) {
  // Without this libslurm shortens the list of an array's waiting tasks to 64 characters.
  setenv("SLURM_BITSTR_LEN", "0", 1);
  slurm_init(NULL);
}

static bool connects(const struct addrinfo *address, int milliseconds) {
  int socket_number = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_number < 0)
    return false;
  int status = connect(socket_number, address->ai_addr, address->ai_addrlen);
  if (status != 0 && errno == EINPROGRESS) {
    struct pollfd waiting = {.fd = socket_number, .events = POLLOUT};
    int error = 0;
    socklen_t size = sizeof error;
    if (poll(&waiting, 1, milliseconds) == 1 &&
        getsockopt(socket_number, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
      status = 0;
  }
  close(socket_number);
  return status == 0;
}

bool cslurm_reachable(int milliseconds) {
  char port[16];
  snprintf(port, sizeof port, "%u", (unsigned)slurm_conf.slurmctld_port);
  bool found = false;
  for (uint32_t i = 0; i < slurm_conf.control_cnt && !found; i++) {
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    if (getaddrinfo(slurm_conf.control_addr[i], port, &wanted, &list) != 0)
      continue;
    for (struct addrinfo *at = list; at && !found; at = at->ai_next)
      found = connects(at, milliseconds);
    freeaddrinfo(list);
  }
  return found;
}

int cslurm_failure(void) {
  int code = errno;
  // A failure without a number says nothing about what happened.
  return code > 0 ? code : SLURM_COMMUNICATIONS_RECEIVE_ERROR;
}

enum cslurm_meaning cslurm_meaning(int code) {
  switch (code) {
  case 0:
    return CSLURM_ACCEPTED;
  case SLURM_NO_CHANGE_IN_DATA:
    return CSLURM_NO_CHANGE;
  case SLURM_COMMUNICATIONS_CONNECTION_ERROR:
  case SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR:
  case SLURM_PROTOCOL_VERSION_ERROR:
  case SLURM_PROTOCOL_AUTHENTICATION_ERROR:
  case ESLURM_AUTH_CRED_INVALID:
  case ESLURM_AUTH_FOPEN_ERROR:
  case ESLURM_AUTH_NET_ERROR:
  case ESLURM_AUTH_UNABLE_TO_SIGN:
  case ECONNREFUSED:
    return CSLURM_NOT_SENT;
  case EAGAIN:
  case ESLURM_IN_STANDBY_MODE:
  case ESLURM_IN_STANDBY_USE_BACKUP:
  case ESLURM_JOB_SETTING_DB_INX:
  case ESLURM_SUBMISSIONS_DISABLED:
    return CSLURM_BUSY;
  case ESLURM_INVALID_JOB_ID:
    return CSLURM_NO_SUCH_JOB;
  case ESLURM_ALREADY_DONE:
  case ESLURM_JOB_FINISHED:
    return CSLURM_ALREADY_ENDED;
  case ESLURM_JOB_NOT_PENDING:
  case ESLURM_JOB_STARTED:
  case ESLURM_TRANSITION_STATE_NO_UPDATE:
    return CSLURM_NOT_WAITING;
  case ESLURM_INVALID_PARTITION_NAME:
  case ESLURM_REQUESTED_NODES_NOT_IN_PARTITION:
  case ESLURM_TOO_MANY_REQUESTED_CPUS:
  case ESLURM_INVALID_NODE_COUNT:
  case ESLURM_REQUESTED_NODE_CONFIG_UNAVAILABLE:
  case ESLURM_REQUESTED_PART_CONFIG_UNAVAILABLE:
  case ESLURM_INVALID_NODE_NAME:
  case ESLURM_BAD_TASK_COUNT:
  case ESLURM_INVALID_ACCOUNT:
  case ESLURM_INVALID_CPU_COUNT:
  case ESLURM_INVALID_GRES:
  case ESLURM_INVALID_GRES_TYPE:
  case ESLURM_INVALID_TASK_MEMORY:
  case ESLURM_INVALID_ARRAY:
  case ESLURM_ACCOUNTING_POLICY:
    return CSLURM_IMPOSSIBLE;
  case ESLURM_PARTITION_NOT_AVAIL:
  case ESLURM_PARTITION_DOWN:
  case ESLURM_INVALID_TIME_LIMIT:
    return CSLURM_NOT_NOW;
  default:
    break;
  }
  // What is left of the transport's numbers may have reached slurmctld.
  if (code < ESLURM_INVALID_PARTITION_NAME ||
      (code >= SLURM_PROTOCOL_SOCKET_IMPL_ZERO_RECV_LENGTH && code < ESLURM_DB_CONNECTION))
    return CSLURM_UNKNOWN;
  return CSLURM_OTHER;
}

void cslurm_message(int code, char *text, size_t size) {
  snprintf(text, size, "%s", slurm_strerror(code));
}

int cslurm_cluster(struct cslurm_cluster *out) {
  slurm_conf_t *conf = NULL;
  if (slurm_load_ctl_conf(0, &conf) != SLURM_SUCCESS)
    return cslurm_failure();
  memset(out, 0, sizeof *out);
  snprintf(out->name, sizeof out->name, "%s", cslurm_text(conf->cluster_name));
  snprintf(out->version, sizeof out->version, "%s", cslurm_text(conf->version));
  out->kill_wait_seconds = conf->kill_wait;
  out->over_time_limit_minutes =
      conf->over_time_limit == (uint16_t)INFINITE ? CSLURM_NONE : conf->over_time_limit;
  out->min_job_age_seconds = conf->min_job_age;
  out->boot_seconds = (int64_t)conf->boot_time;
  slurm_free_ctl_conf(conf);
  return 0;
}

bool cslurm_expand(const char *list, size_t maximum, cslurm_name_visitor visit, void *context) {
  hostlist_t names = slurm_hostlist_create(list);
  if (!names)
    return false;
  bool whole = slurm_hostlist_count(names) >= 0 && (size_t)slurm_hostlist_count(names) <= maximum;
  char *name;
  while (whole && (name = slurm_hostlist_shift(names))) {
    visit(context, name);
    free(name);
  }
  slurm_hostlist_destroy(names);
  return whole;
}

bool cslurm_account_has_group(uint32_t uid, uint32_t gid) {
  struct passwd entry, *found = NULL;
  char texts[16384];
  if (getpwuid_r(uid, &entry, texts, sizeof texts, &found) != 0 || !found)
    return false;
  gid_t groups[1024];
  int count = sizeof groups / sizeof *groups;
  if (getgrouplist(found->pw_name, found->pw_gid, groups, &count) < 0)
    return found->pw_gid == gid;
  for (int i = 0; i < count; i++)
    if (groups[i] == gid)
      return true;
  return false;
}

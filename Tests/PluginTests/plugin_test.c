// SPDX-License-Identifier: GPL-2.0-or-later
// The plugin's entry points outside slurmctld, against daemons that answer well and badly. Built and
// run by BridgeTests; prints each rule that is broken, and exits 1 then.
#include "../../Sources/Plugins/job_submit_polder/polder_plugin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

extern int job_submit(job_desc_msg_t *job, uint32_t submit_uid, char **err_msg);
extern int job_modify(job_desc_msg_t *job, struct job_record *record, uint32_t submit_uid);

// slurmctld's: how often its scheduler was asked to run.
static int rounds = 0;
void schedule(bool full_queue) { rounds += full_queue ? 100 : 1; }

enum { MEMBER = 64005, SLURM_USER = 64002 };
static int broken = 0;

static void check(bool holds, const char *rule) {
  if (!holds) {
    printf("broken: %s\n", rule);
    broken++;
  }
}

// MARK: a daemon

struct daemon {
  const char *answer; // NULL: hangs
  int listener;
  char request[65536];
};

static void *serve(void *context) {
  struct daemon *daemon = context;
  int peer = accept(daemon->listener, NULL, NULL);
  size_t length = 0;
  // The body is a JSON object, and nothing follows its end.
  while (length + 1 < sizeof daemon->request && !strstr(daemon->request, "}")) {
    ssize_t got = recv(peer, daemon->request + length, sizeof daemon->request - 1 - length, 0);
    if (got <= 0)
      break;
    length += (size_t)got;
  }
  if (daemon->answer) {
    send(peer, daemon->answer, strlen(daemon->answer), MSG_NOSIGNAL);
  } else {
    // Until the plugin gives up.
    char byte;
    recv(peer, &byte, 1, 0);
  }
  close(peer);
  return NULL;
}

static char folder[64], socket_path[96];

static int listen_on_socket(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
  unlink(socket_path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0)
    exit(2);
  return listener;
}

static void write_conf(const char *more) {
  char path[96];
  snprintf(path, sizeof path, "%s/polder.conf", folder);
  FILE *file = fopen(path, "w");
  if (!file)
    exit(2);
  fprintf(file, "# a site\nSocket = %s\nDeadlineMilliseconds=300\n%s", socket_path, more);
  fclose(file);
}

static char *http(const char *status, const char *body) {
  static char text[POLDER_ANSWER_SIZE * 2];
  snprintf(
      text, sizeof text, "HTTP/1.1 %s\r\ncontent-length: %zu\r\n\r\n%s", status, strlen(body), body);
  return text;
}

static job_desc_msg_t submission(void) {
  job_desc_msg_t job;
  slurm_init_job_desc_msg(&job);
  job.user_id = MEMBER;
  job.group_id = MEMBER;
  job.het_job_offset = NO_VAL;
  job.name = slurm_xstrdup("tr\xc3\xa4n \"1\" \xff");
  job.work_dir = slurm_xstrdup("/home/anouk");
  job.tres_per_job = slurm_xstrdup("gres:gpu:4");
  job.time_limit = 90;
  return job;
}

// Submits against a daemon that answers so. *words is what the user is shown, "" for nothing.
static int submit_to(const char *answer, job_desc_msg_t *job, char **words, char *request) {
  static struct daemon daemon;
  memset(&daemon, 0, sizeof daemon);
  daemon.answer = answer;
  daemon.listener = listen_on_socket();
  pthread_t thread;
  pthread_create(&thread, NULL, serve, &daemon);
  *words = NULL;
  int code = job_submit(job, MEMBER, words);
  shutdown(daemon.listener, SHUT_RDWR);
  close(daemon.listener);
  pthread_join(thread, NULL);
  if (request)
    strcpy(request, daemon.request);
  if (!*words)
    *words = slurm_xstrdup("");
  return code;
}

// MARK: rules

static void accepted_jobs(void) {
  static char request[65536];
  char *words;
  job_desc_msg_t job = submission();
  job.admin_comment = slurm_xstrdup("polder:P1");
  job.qos = slurm_xstrdup("spare");
  job.licenses = slurm_xstrdup("matlab:2");
  job.dependency = slurm_xstrdup("after:12+5:13,afterok:14");
  int code = submit_to(
      http("200 OK", "decision=accept\nkey=P1043\naccount=longscan\nnodes=2\ntasks=4\n"
                     "cpusPerTask=8\nmemoryMiBPerNode=16000\ntimeLimitMinutes=90\n"
                     "tresPerNode=gres:gpu:h100:2\nsomethingNew=1\n"),
      &job, &words, request);
  check(code == 0 && !words[0], "an accepted job goes in without words");
  check(
      job.admin_comment && strcmp(job.admin_comment, "polder:P1043") == 0,
      "Polder's id replaces whatever a member put into the admin comment");
  check(job.priority == 0 && job.requeue == 0, "an accepted job is held, and not requeued");
  check(
      strstr(request, "\"qos\":\"spare\"") && !job.qos,
      "a class of service is Polder's to know, and Slurm's not");
  check(
      strstr(request, "\"licenses\":\"matlab:2\"") && !job.licenses,
      "licences are Polder's to lend, and Slurm counts none");
  check(
      strstr(request, "after:12+5:13,afterok:14") &&
          strcmp(job.dependency, "after:12:13,afterok:14") == 0,
      "a delay after another job's start is Polder's to wait for, and Slurm waits for the rest");
  check(
      job.min_nodes == 2 && job.max_nodes == 2 && job.num_tasks == 4 && job.cpus_per_task == 8 &&
          job.min_cpus == 32 && job.ntasks_per_node == 2 && job.pn_min_memory == 16000 &&
          strcmp(job.account, "longscan") == 0,
      "an accepted job asks Slurm for what was quoted");
  check(
      strcmp(job.tres_per_node, "gres:gpu:h100:2") == 0 && !job.tres_per_job,
      "GPUs of the whole job become GPUs of each node");
  check(
      strstr(request, "\"name\":\"tr\xc3\xa4n \\\"1\\\" \\ufffd\"") != NULL,
      "names are escaped, bytes that are no UTF-8 replaced");
  check(
      strstr(request, "\"submitUID\":64005") && strstr(request, "\"tresPerJob\":\"gres:gpu:4\"") &&
          strstr(request, "\"timeLimitMinutes\":90") && !strstr(request, "minNodes"),
      "what the user said is told, and nothing else");
}

static void warned_jobs(void) {
  char *words;
  job_desc_msg_t job = submission();
  int code = submit_to(
      http("200 OK", "decision=accept\nmessage=Polder: a soft cap.\\nNext: wait.\nkey=P7\n"), &job,
      &words, NULL);
  check(
      code == 0 && strcmp(words, "Polder: a soft cap.\nNext: wait.") == 0,
      "an accepted job goes in with its warnings");
}

static void refused_jobs(void) {
  char *words;
  job_desc_msg_t job = submission();
  int code = submit_to(
      http("200 OK", "decision=refuse\ncode=budget\nmessage=Polder: 12 GPU-hours left.\\nAsk.\n"),
      &job, &words, NULL);
  check(
      code == ESLURM_ACCESS_DENIED && strcmp(words, "Polder: 12 GPU-hours left.\nAsk.") == 0,
      "a refusal is shown in full");
  job = submission();
  job.time_limit = INFINITE;
  check(job_submit(&job, MEMBER, &(char *){NULL}) != 0, "a limit without end is refused");
  static char longest[1026];
  memset(longest, 'x', sizeof longest - 1);
  const char *names[] = {"a\nJobId=7 UserId=root(0)", "x JobState=FAILED ExitCode=0:0", longest,
                         "a ArrayJobId=7 ArrayTaskId=1"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    job = submission();
    *(i % 2 ? &job.work_dir : &job.name) = slurm_xstrdup(names[i]);
    check(job_submit(&job, MEMBER, &(char *){NULL}) == ESLURM_ACCESS_DENIED, names[i]);
  }
  job = submission();
  job.pn_min_cpus = 16;
  check(job_submit(&job, MEMBER, &(char *){NULL}) != 0, "more CPUs than are quoted are refused");
  job = submission();
  job.shared = JOB_SHARED_USER;
  check(job_submit(&job, MEMBER, &(char *){NULL}) != 0, "a node closed for one's own is refused");
  job = submission();
  job.het_job_offset = 0;
  check(job_submit(&job, MEMBER, &(char *){NULL}) != 0, "a heterogeneous job is refused");
}

static void silent_daemons(void) {
  char *words;
  const char *bad[] = {"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ndecision=accept\nkey=P1\n",
                       "HTTP/1.1 200 OK\r\n\r\ndecision=accept\nkey=P1\n", "nonsense", ""};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    job_desc_msg_t job = submission();
    int code = submit_to(bad[i], &job, &words, NULL);
    check(
        code == ESLURM_SUBMISSIONS_DISABLED && strstr(words, "nothing is charged"),
        "half an answer, or none, refuses");
  }
  const char *bodies[] = {"decision=accept\n", "decision=maybe\nkey=P1\n", "key=P1\n",
                          "decision=accept\ndecision=refuse\nkey=P1\n",
                          "decision=accept\nkey=P1\nnodes=many\n"};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    job_desc_msg_t job = submission();
    int code = submit_to(http("200 OK", bodies[i]), &job, &words, NULL);
    check(code == ESLURM_SUBMISSIONS_DISABLED, "an answer that says no clear yes refuses");
  }
  job_desc_msg_t job = submission();
  int code = submit_to(http("503 Busy", "decision=accept\nkey=P1\n"), &job, &words, NULL);
  check(code == ESLURM_SUBMISSIONS_DISABLED, "another status than 200 refuses");
  unlink(socket_path);
  job = submission();
  words = NULL;
  check(job_submit(&job, MEMBER, &words) == ESLURM_SUBMISSIONS_DISABLED, "no daemon refuses");
  write_conf("FailOpen=yes\n");
  job = submission();
  job.admin_comment = slurm_xstrdup("polder:P1");
  check(
      job_submit(&job, MEMBER, &words) == 0 && !strcmp(job.admin_comment, "polder:open") && job.priority,
      "a site that fails open lets the job in, marked");
  write_conf("");
}

static void own_jobs(void) {
  job_desc_msg_t job = submission();
  job.admin_comment = slurm_xstrdup("polder:P1");
  check(
      job_submit(&job, SLURM_USER, NULL) == 0 && strcmp(job.admin_comment, "polder:P1") == 0,
      "Polder's own submission passes untouched, without a daemon");
  slurm_init_job_desc_msg(&job);
  job.priority = INFINITE;
  job.req_nodes = slurm_xstrdup("gn01");
  check(
      job_modify(&job, NULL, SLURM_USER) == 0 && job_modify(&job, NULL, 0) == 0 && rounds == 2,
      "SlurmUser and root release jobs, without a daemon, and they start at once");
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void hanging_daemon(void) {
  char *words;
  job_desc_msg_t job = submission();
  int64_t start = milliseconds();
  check(
      submit_to(NULL, &job, &words, NULL) == ESLURM_SUBMISSIONS_DISABLED, "a time-out refuses");
  int64_t took = milliseconds() - start;
  check(took >= 290, "the daemon has its whole deadline");
  job = submission();
  start = milliseconds();
  // A daemon that would accept: it is not asked.
  job_desc_msg_t second = submission();
  int listener = listen_on_socket();
  check(
      job_submit(&second, MEMBER, &words) == ESLURM_SUBMISSIONS_DISABLED &&
          milliseconds() - start < 250,
      "after a time-out nothing is asked for a while");
  close(listener);
}

#define CHANGED(change, code, what)                                                                \
  do {                                                                                             \
    job_desc_msg_t job;                                                                            \
    slurm_init_job_desc_msg(&job);                                                                 \
    job.user_id = MEMBER;                                                                          \
    change;                                                                                        \
    check(job_modify(&job, NULL, MEMBER) == code, "a member may " what);                           \
  } while (0)
#define REFUSED(change, what) CHANGED(change, ESLURM_ACCESS_DENIED, "not " what)
#define ALLOWED(change, what) CHANGED(change, 0, what)

static void changes(void) {
  ALLOWED(job.priority = 0, "hold");
  ALLOWED(job.name = "new", "rename");
  ALLOWED(job.comment = "new", "comment");
  REFUSED(job.priority = INFINITE, "release");
  REFUSED(job.priority = 5, "set a priority");
  REFUSED(job.nice = NICE_OFFSET + 5, "change the nice value, which releases in 22.05");
  REFUSED(job.time_limit = INFINITE, "lift the time limit");
  REFUSED(job.req_nodes = "gn01", "choose nodes");
  REFUSED(job.exc_nodes = "", "exclude nodes");
  REFUSED(job.account = "other", "change the account");
  REFUSED(job.partition = "whole", "change the partition");
  REFUSED(job.tres_per_node = "gres:gpu:4", "change GPUs");
  REFUSED(job.min_cpus = 80, "change CPUs");
  REFUSED(job.pn_min_memory = 512000, "change memory");
  REFUSED(job.min_nodes = 4, "change the number of nodes");
  REFUSED(job.shared = 0, "change sharing");
  REFUSED(job.dependency = "", "drop a dependency");
  REFUSED(job.requeue = 1, "ask for requeue");
  REFUSED(job.admin_comment = "polder:P1", "change the admin comment");
  REFUSED(job.name = "a\nb", "put a line break into the name");
  REFUSED(job.work_dir = "/x JobState=FAILED", "put a key of Slurm's record into the folder");
  ALLOWED(job.name = "lr=0.1 State=x | \"q\" \\", "use blanks, quotes and equals signs");
}

// Asks for another limit against a daemon that answers so.
static int limit_with(const char *answer, job_desc_msg_t *change, char *request) {
  static struct daemon daemon;
  memset(&daemon, 0, sizeof daemon);
  daemon.answer = answer;
  daemon.listener = listen_on_socket();
  pthread_t thread;
  pthread_create(&thread, NULL, serve, &daemon);
  slurm_init_job_desc_msg(change);
  change->user_id = MEMBER;
  change->job_id_str = "17_3";
  change->time_limit = 600;
  int code = job_modify(change, NULL, MEMBER);
  shutdown(daemon.listener, SHUT_RDWR);
  close(daemon.listener);
  pthread_join(thread, NULL);
  strcpy(request, daemon.request);
  return code;
}

static void limits(void) {
  static char request[65536];
  job_desc_msg_t change;
  int code = limit_with(http("200 OK", "decision=accept\nkey=P1043\n"), &change, request);
  check(
      code == 0 && change.time_limit == NO_VAL,
      "an accepted limit is left to polderd, and slurmctld changes nothing");
  check(
      strstr(request, "POST /v1/plugin/modify ") &&
          strstr(request, "{\"userUID\":64005,\"job\":\"17_3\",\"timeLimitMinutes\":600}"),
      "polderd is told who asks for which limit of which job");
  code = limit_with(
      http("200 OK", "decision=accept\nkey=P1043\ntimeLimitMinutes=601\n"), &change, request);
  check(
      code == 0 && change.time_limit == 601,
      "the limit of a job that waits is slurmctld's to write, as polderd allows it");
  code = limit_with(http("200 OK", "decision=refuse\nmessage=too dear\n"), &change, request);
  check(code == ESLURM_INVALID_TIME_LIMIT, "a limit that does not fit is refused");
  slurm_init_job_desc_msg(&change);
  change.job_id_str = "17";
  change.time_limit = 600;
  unlink(socket_path);
  check(
      job_modify(&change, NULL, MEMBER) == ESLURM_SUBMISSIONS_DISABLED,
      "without polderd no limit is changed");
}

// Works in the folder that it is given.
int main(int count, char **arguments) {
  snprintf(folder, sizeof folder, "%s", count == 2 ? arguments[1] : ".");
  snprintf(socket_path, sizeof socket_path, "%s/d.sock", folder);
  char conf[96];
  snprintf(conf, sizeof conf, "%s/slurm.conf", folder);
  slurm_conf.slurm_conf = conf;
  slurm_conf.slurm_user_id = SLURM_USER;
  char *words = NULL;
  job_desc_msg_t job = submission();
  check(
      job_submit(&job, MEMBER, &words) == ESLURM_SUBMISSIONS_DISABLED,
      "without polder.conf nothing is accepted");
  write_conf("");
  accepted_jobs();
  warned_jobs();
  refused_jobs();
  silent_daemons();
  own_jobs();
  changes();
  limits();
  // Last: it leaves the plugin in its pause.
  hanging_daemon();
  unlink(socket_path);
  printf("%s\n", broken ? "plugin: rules are broken" : "plugin: all rules hold");
  return broken ? 1 : 0;
}

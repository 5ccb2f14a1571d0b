// SPDX-License-Identifier: GPL-2.0-or-later
// One HTTP exchange over a Unix socket within one deadline. Every call on the socket is
// non-blocking; poll waits for what is left of the deadline.
#include "polder_plugin.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// True when the socket is ready for `events` before `end`.
static bool is_ready(int socket_number, short events, int64_t end) {
  for (;;) {
    int64_t left = end - milliseconds();
    if (left <= 0)
      return false;
    struct pollfd waiting = {.fd = socket_number, .events = events};
    int count = poll(&waiting, 1, (int)left);
    if (count > 0)
      return true;
    if (count < 0 && errno != EINTR)
      return false;
  }
}

static enum polder_exchange connect_to(const char *path, int *socket_number, int64_t end) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  *socket_number = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (*socket_number < 0)
    return POLDER_ABSENT;
  while (connect(*socket_number, (struct sockaddr *)&address, sizeof address) != 0) {
    // EAGAIN is a full backlog: somebody listens who does not accept. There is nothing to poll on.
    if (errno != EAGAIN && errno != EINTR)
      return POLDER_ABSENT;
    if (milliseconds() >= end)
      return POLDER_TIMED_OUT;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  return POLDER_ANSWERED;
}

static enum polder_exchange send_all(
    int socket_number, const char *bytes, size_t count, int64_t end) {
  while (count > 0) {
    if (!is_ready(socket_number, POLLOUT, end))
      return POLDER_TIMED_OUT;
    ssize_t sent = send(socket_number, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    if (sent <= 0)
      return POLDER_BABBLED;
    bytes += sent;
    count -= (size_t)sent;
  }
  return POLDER_ANSWERED;
}

// The bytes that the head announces for the body, -1 if it says nothing usable.
static long announced(const char *head, const char *end) {
  for (const char *line = head; line && line < end; line = strstr(line, "\r\n")) {
    line += line == head ? 0 : 2;
    if (strncasecmp(line, "content-length:", 15) == 0)
      return strtol(line + 15, NULL, 10);
    if (line == end || !strstr(line, "\r\n"))
      break;
  }
  return -1;
}

// Reads until the announced body is there, or the other side closes.
static enum polder_exchange receive(
    int socket_number, char *text, size_t size, int64_t end, char **body) {
  size_t length = 0;
  for (;;) {
    text[length] = 0;
    char *head_end = strstr(text, "\r\n\r\n");
    if (head_end) {
      long count = announced(text, head_end);
      *body = head_end + 4;
      if (count >= 0 && (size_t)(text + length - *body) >= (size_t)count) {
        (*body)[count] = 0;
        return POLDER_ANSWERED;
      }
    }
    if (length + 1 >= size)
      return POLDER_BABBLED;
    if (!is_ready(socket_number, POLLIN, end))
      return POLDER_TIMED_OUT;
    ssize_t got = recv(socket_number, text + length, size - 1 - length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    // Without an announced length a closed connection could be half an answer.
    if (got <= 0)
      return POLDER_BABBLED;
    length += (size_t)got;
  }
}

enum polder_exchange polder_post(
    const struct polder_conf *conf, const char *path, const char *json, char *body, size_t size) {
  int64_t end = milliseconds() + conf->deadline_milliseconds;
  static char text[POLDER_ANSWER_SIZE];
  char head[256];
  int head_length = snprintf(
      head, sizeof head,
      "POST /v1/plugin/%s HTTP/1.1\r\nHost: polder\r\nContent-Type: application/json\r\n"
      "Accept: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
      path, strlen(json));
  int socket_number;
  enum polder_exchange outcome = connect_to(conf->socket, &socket_number, end);
  if (outcome == POLDER_ANSWERED)
    outcome = send_all(socket_number, head, (size_t)head_length, end);
  if (outcome == POLDER_ANSWERED)
    outcome = send_all(socket_number, json, strlen(json), end);
  char *found = NULL;
  if (outcome == POLDER_ANSWERED)
    outcome = receive(socket_number, text, sizeof text, end, &found);
  if (socket_number >= 0)
    close(socket_number);
  if (outcome != POLDER_ANSWERED)
    return outcome;
  int status = 0;
  if (sscanf(text, "HTTP/1.%*d %d", &status) != 1 || status != 200) {
    slurm_error("job_submit/polder: polderd answered with status %d: %.500s", status, found);
    return POLDER_BABBLED;
  }
  snprintf(body, size, "%s", found);
  return POLDER_ANSWERED;
}

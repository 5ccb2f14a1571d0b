// SPDX-License-Identifier: GPL-2.0-or-later
#include "polder_plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static bool path_beside_slurm_conf(char *path, size_t size) {
  const char *conf = slurm_conf.slurm_conf;
  const char *slash = conf ? strrchr(conf, '/') : NULL;
  if (!slash)
    return false;
  int length = snprintf(path, size, "%.*s/polder.conf", (int)(slash - conf), conf);
  return length > 0 && (size_t)length < size;
}

static bool milliseconds(const char *text, int *out) {
  char *end;
  long value = strtol(text, &end, 10);
  // slurmctld stands still meanwhile: no site wants more than five seconds.
  if (*text == 0 || *end != 0 || value < 1 || value > 5000)
    return false;
  *out = (int)value;
  return true;
}

static bool take(struct polder_conf *conf, const char *key, const char *value) {
  if (strcasecmp(key, "Socket") == 0) {
    if (value[0] != '/' || strlen(value) >= sizeof conf->socket)
      return false;
    strcpy(conf->socket, value);
    return true;
  }
  if (strcasecmp(key, "DeadlineMilliseconds") == 0)
    return milliseconds(value, &conf->deadline_milliseconds);
  if (strcasecmp(key, "PauseMilliseconds") == 0)
    return milliseconds(value, &conf->pause_milliseconds);
  if (strcasecmp(key, "FailOpen") == 0) {
    conf->fail_open = strcasecmp(value, "yes") == 0;
    return conf->fail_open || strcasecmp(value, "no") == 0;
  }
  return false;
}

// Cuts blanks at both ends, in place.
static char *trimmed(char *text) {
  while (*text == ' ' || *text == '\t')
    text++;
  size_t length = strlen(text);
  while (length > 0 && strchr(" \t\r\n", text[length - 1]))
    text[--length] = 0;
  return text;
}

static bool parse(FILE *file, const char *path, struct polder_conf *out) {
  struct polder_conf conf = {
      .deadline_milliseconds = 1000, .pause_milliseconds = 5000, .fail_open = false};
  char line[512];
  int number = 0;
  while (fgets(line, sizeof line, file)) {
    number++;
    char *text = trimmed(line);
    if (*text == 0 || *text == '#')
      continue;
    char *equals = strchr(text, '=');
    if (equals)
      *equals = 0;
    if (!equals || !take(&conf, trimmed(text), trimmed(equals + 1))) {
      slurm_error("job_submit/polder: %s:%d is not understood", path, number);
      return false;
    }
  }
  if (!conf.socket[0]) {
    slurm_error("job_submit/polder: %s names no Socket", path);
    return false;
  }
  *out = conf;
  return true;
}

bool polder_conf_read(struct polder_conf *out) {
  static struct polder_conf conf;
  static struct timespec read_at;
  static off_t read_size = -1;
  static bool usable = false;
  char path[4096];
  struct stat status;
  if (!path_beside_slurm_conf(path, sizeof path) || stat(path, &status) != 0)
    return false;
  if (status.st_size != read_size || status.st_mtim.tv_sec != read_at.tv_sec ||
      status.st_mtim.tv_nsec != read_at.tv_nsec) {
    FILE *file = fopen(path, "re");
    if (!file)
      return false;
    usable = parse(file, path, &conf);
    fclose(file);
    read_at = status.st_mtim;
    read_size = status.st_size;
  }
  if (usable)
    *out = conf;
  return usable;
}

// SPDX-License-Identifier: GPL-2.0-or-later
// polderd's answer: lines of key=value.
#include "polder_plugin.h"

#include <stdlib.h>
#include <string.h>

// Copies a value, turning "\n" and "\\" back. False if it does not fit.
static bool copy_text(const char *value, char *out, size_t size) {
  size_t length = 0;
  for (; *value; value++) {
    char byte = *value;
    if (byte == '\\' && (value[1] == 'n' || value[1] == '\\'))
      byte = *++value == 'n' ? '\n' : '\\';
    if (length + 1 >= size)
      return false;
    out[length++] = byte;
  }
  out[length] = 0;
  return true;
}

static bool copy_number(const char *value, int64_t *out) {
  char *end;
  long long number = strtoll(value, &end, 10);
  if (*value == 0 || *end != 0 || number < 0)
    return false;
  *out = number;
  return true;
}

bool polder_answer_parse(char *text, struct polder_answer *out) {
  memset(out, 0, sizeof *out);
  out->nodes = out->tasks = out->cpus_per_task = -1;
  out->memory_mib_per_node = out->time_limit_minutes = out->requeue = -1;
  bool is_decided = false, is_well = true;
  for (char *line = text; line && *line && is_well;) {
    char *next = strchr(line, '\n');
    if (next)
      *next++ = 0;
    char *equals = strchr(line, '=');
    if (equals) {
      *equals = 0;
      const char *value = equals + 1;
      if (strcmp(line, "decision") == 0) {
        out->accepted = strcmp(value, "accept") == 0;
        is_well = !is_decided && (out->accepted || strcmp(value, "refuse") == 0);
        is_decided = true;
      } else if (strcmp(line, "message") == 0) {
        // Better cut than lost.
        copy_text(value, out->message, sizeof out->message);
      } else if (strcmp(line, "key") == 0) {
        is_well = copy_text(value, out->key, sizeof out->key);
      } else if (strcmp(line, "account") == 0) {
        is_well = copy_text(value, out->account, sizeof out->account);
      } else if (strcmp(line, "partition") == 0) {
        is_well = copy_text(value, out->partition, sizeof out->partition);
      } else if (strcmp(line, "tresPerNode") == 0) {
        is_well = copy_text(value, out->tres_per_node, sizeof out->tres_per_node);
      } else if (strcmp(line, "nodes") == 0) {
        is_well = copy_number(value, &out->nodes);
      } else if (strcmp(line, "tasks") == 0) {
        is_well = copy_number(value, &out->tasks);
      } else if (strcmp(line, "cpusPerTask") == 0) {
        is_well = copy_number(value, &out->cpus_per_task);
      } else if (strcmp(line, "memoryMiBPerNode") == 0) {
        is_well = copy_number(value, &out->memory_mib_per_node);
      } else if (strcmp(line, "timeLimitMinutes") == 0) {
        is_well = copy_number(value, &out->time_limit_minutes);
      } else if (strcmp(line, "requeue") == 0) {
        is_well = copy_number(value, &out->requeue);
      }
    } else if (*line) {
      is_well = false;
    }
    line = next;
  }
  // A yes without our id would be a job that nobody finds again.
  return is_well && is_decided && (!out->accepted || out->key[0]);
}

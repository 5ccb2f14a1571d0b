// SPDX-License-Identifier: GPL-2.0-or-later
// A submission as JSON, by the names of Wire's PluginSubmission. What the user did not say is left
// out. The environment and the script stay here.
#include "polder_plugin.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct json {
  char *text;
  size_t size, length;
  bool is_full, has_member;
};

static void put(struct json *json, const char *bytes, size_t count) {
  if (json->is_full || count >= json->size - json->length) {
    json->is_full = true;
    return;
  }
  memcpy(json->text + json->length, bytes, count);
  json->length += count;
  json->text[json->length] = 0;
}

static void put_format(struct json *json, const char *format, ...) {
  char text[128];
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  put(json, text, count > 0 && (size_t)count < sizeof text ? (size_t)count : 0);
}

// The length of the valid UTF-8 character that begins here, 0 if none does.
static size_t character(const unsigned char *at) {
  size_t count = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2
               : at[0] >= 0xE0 && at[0] < 0xF0 ? 3 : at[0] >= 0xF0 && at[0] < 0xF5 ? 4 : 0;
  for (size_t i = 1; i < count; i++)
    if ((at[i] & 0xC0) != 0x80)
      return 0;
  // Overlong forms, surrogates, and what is beyond Unicode.
  if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
      (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
    return 0;
  return count;
}

static void member(struct json *json, const char *name) {
  put_format(json, "%s\"%s\":", json->has_member ? "," : "", name);
  json->has_member = true;
}

static void text_member(struct json *json, const char *name, const char *text) {
  if (!text)
    return;
  member(json, name);
  put(json, "\"", 1);
  for (const unsigned char *at = (const unsigned char *)text; *at;) {
    size_t count = character(at);
    if (count == 0)
      put(json, "\\ufffd", 6);
    else if (*at == '"' || *at == '\\')
      put_format(json, "\\%c", *at);
    else if (*at < 0x20)
      put_format(json, "\\u%04x", *at);
    else
      put(json, (const char *)at, count);
    at += count ? count : 1;
  }
  put(json, "\"", 1);
}

static void number_member(struct json *json, const char *name, bool is_said, int64_t value) {
  if (!is_said)
    return;
  member(json, name);
  put_format(json, "%lld", (long long)value);
}

static void flag_member(struct json *json, const char *name, bool is_said, bool value) {
  if (!is_said)
    return;
  member(json, name);
  put_format(json, "%s", value ? "true" : "false");
}

#define SAID32(value) ((value) != NO_VAL && (value) != INFINITE)
#define SAID16(value) ((value) != NO_VAL16 && (value) != INFINITE16)

int polder_request(const job_desc_msg_t *job, uint32_t submit_uid, char *text, size_t size) {
  struct json json = {.text = text, .size = size};
  bool has_memory = job->pn_min_memory != NO_VAL64;
  bool is_per_cpu = has_memory && (job->pn_min_memory & MEM_PER_CPU);
  int64_t memory = (int64_t)(job->pn_min_memory & ~MEM_PER_CPU);
  put(&json, "{", 1);
  number_member(&json, "submitUID", true, submit_uid);
  number_member(&json, "userUID", true, job->user_id);
  number_member(&json, "userGID", SAID32(job->group_id), job->group_id);
  text_member(&json, "name", job->name);
  text_member(&json, "account", job->account);
  text_member(&json, "partition", job->partition);
  number_member(&json, "minNodes", SAID32(job->min_nodes), job->min_nodes);
  number_member(
      &json, "maxNodes", SAID32(job->max_nodes) && job->max_nodes != 0, job->max_nodes);
  number_member(&json, "tasks", SAID32(job->num_tasks), job->num_tasks);
  number_member(
      &json, "tasksPerNode", SAID16(job->ntasks_per_node) && job->ntasks_per_node != 0,
      job->ntasks_per_node);
  number_member(&json, "cpusPerTask", SAID16(job->cpus_per_task), job->cpus_per_task);
  number_member(&json, "minCPUs", SAID32(job->min_cpus), job->min_cpus);
  text_member(&json, "tresPerJob", job->tres_per_job);
  text_member(&json, "tresPerNode", job->tres_per_node);
  text_member(&json, "tresPerSocket", job->tres_per_socket);
  text_member(&json, "tresPerTask", job->tres_per_task);
  number_member(&json, "memoryPerNodeMiB", has_memory && !is_per_cpu, memory);
  number_member(&json, "memoryPerCPUMiB", is_per_cpu, memory);
  text_member(&json, "memoryPerTres", job->mem_per_tres);
  text_member(&json, "cpusPerTres", job->cpus_per_tres);
  flag_member(&json, "exclusive", job->shared == JOB_SHARED_NONE, true);
  number_member(&json, "timeLimitMinutes", SAID32(job->time_limit), job->time_limit);
  text_member(&json, "arrayIndices", job->array_inx);
  text_member(&json, "dependency", job->dependency);
  number_member(&json, "beginSeconds", job->begin_time > 0, job->begin_time);
  text_member(&json, "features", job->features);
  text_member(&json, "requiredNodes", job->req_nodes);
  text_member(&json, "excludedNodes", job->exc_nodes);
  text_member(&json, "reservation", job->reservation);
  number_member(&json, "switches", SAID32(job->req_switch), job->req_switch);
  number_member(
      &json, "switchesWaitSeconds", SAID32(job->wait4switch) && job->req_switch != 0,
      job->wait4switch);
  text_member(&json, "qos", job->qos);
  flag_member(&json, "requeue", SAID16(job->requeue), job->requeue != 0);
  text_member(&json, "licenses", job->licenses);
  text_member(&json, "comment", job->comment);
  text_member(&json, "wckey", job->wckey);
  text_member(&json, "workingDirectory", job->work_dir);
  flag_member(&json, "hasScript", true, job->script != NULL);
  number_member(&json, "minimumTimeMinutes", SAID32(job->time_min), job->time_min);
  number_member(&json, "deadlineSeconds", job->deadline > 0, job->deadline);
  number_member(&json, "nice", job->nice != NO_VAL, (int64_t)job->nice - NICE_OFFSET);
  flag_member(&json, "heterogeneous", true, job->het_job_offset != NO_VAL);
  put(&json, "}", 1);
  return json.is_full ? -1 : 0;
}

int polder_change_request(
    const job_desc_msg_t *change, uint32_t submit_uid, char *text, size_t size) {
  struct json json = {.text = text, .size = size};
  if (!SAID32(change->time_limit) || !change->job_id_str)
    return -1;
  put(&json, "{", 1);
  number_member(&json, "userUID", true, submit_uid);
  text_member(&json, "job", change->job_id_str);
  number_member(&json, "timeLimitMinutes", true, change->time_limit);
  put(&json, "}", 1);
  return json.is_full ? -1 : 0;
}

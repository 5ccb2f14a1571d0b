-- Requests, their tasks and runs, and what the bridge still has to do.

CREATE TABLE job (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  member text NOT NULL REFERENCES member,
  project text NOT NULL REFERENCES project,
  allocation text REFERENCES allocation,
  partition text NOT NULL REFERENCES partition,
  node_count bigint NOT NULL CHECK (node_count >= 1),
  gpus_per_node bigint NOT NULL,
  cpus_per_node bigint NOT NULL,
  memory_mib_per_node bigint NOT NULL,
  gpu_type text,
  limit_seconds bigint NOT NULL,
  -- Ascending; empty for a job without an array.
  array_indices bigint[] NOT NULL,
  array_throttle bigint,
  not_before timestamptz,
  requeue boolean NOT NULL,
  origin text NOT NULL CHECK (origin IN ('polder', 'slurm')),
  slurm_job_id bigint,
  idempotency_key text,
  -- SHA-256 of request and payload: tells a repetition from another use of the same key.
  content_sha256 bytea NOT NULL,
  submitted_at timestamptz NOT NULL DEFAULT polder_now(),
  CONSTRAINT one_job_per_key UNIQUE (member, idempotency_key)
);
CREATE INDEX job_of_project ON job (project, number);

-- Can hold secrets: apart from its job, so that it can be erased when policy says so.
CREATE TABLE job_payload (
  job bigint PRIMARY KEY REFERENCES job,
  uid bigint NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  gid bigint NOT NULL CHECK (gid BETWEEN 0 AND 4294967295),
  script text NOT NULL,
  environment text[] NOT NULL,
  working_directory text NOT NULL,
  standard_output text,
  standard_error text,
  standard_input text,
  comment text,
  task_count bigint NOT NULL,
  cpus_per_task bigint NOT NULL
);

CREATE TABLE job_dependency (
  job bigint NOT NULL REFERENCES job,
  position bigint NOT NULL,
  condition text NOT NULL CHECK (condition IN ('afterok', 'afterany', 'afternotok', 'after')),
  -- No foreign key: a job of which nothing is known is an answer of its own.
  on_job bigint NOT NULL,
  PRIMARY KEY (job, position)
);

CREATE TABLE task (
  job bigint NOT NULL REFERENCES job,
  -- -1 for a job without an array.
  task_index bigint NOT NULL CHECK (task_index >= -1),
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'starting', 'running', 'ended')),
  attempts bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  generation bigint NOT NULL DEFAULT 1 CHECK (generation >= 1),
  rebound_slurm_job_id bigint,
  outcome text CHECK (outcome IN (
    'completed', 'failed', 'cancelled', 'timed-out', 'out-of-memory', 'node-failed',
    'boot-failed', 'preempted', 'lost', 'refused')),
  cause text,
  cancel_requested_at timestamptz,
  PRIMARY KEY (job, task_index),
  CONSTRAINT ended_has_an_outcome CHECK ((state = 'ended') = (outcome IS NOT NULL)),
  CONSTRAINT a_run_is_an_attempt CHECK (state NOT IN ('starting', 'running') OR attempts > 0),
  CONSTRAINT cancelled_waits_no_more CHECK (state <> 'waiting' OR cancel_requested_at IS NULL)
);
CREATE INDEX task_not_ended ON task (job, task_index) WHERE state <> 'ended';

CREATE TABLE run (
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  attempt bigint NOT NULL CHECK (attempt >= 1),
  allocation text NOT NULL REFERENCES allocation,
  nodes text[] NOT NULL,
  gpus_per_node bigint NOT NULL,
  cpus_per_node bigint NOT NULL,
  memory_mib_per_node bigint NOT NULL,
  weight_thousandths bigint NOT NULL CHECK (weight_thousandths >= 0),
  rate_version bigint NOT NULL,
  -- Null for a run that the operator carries.
  hold_gpu_ms bigint CHECK (hold_gpu_ms >= 0),
  reach_seconds bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('starting', 'running', 'ended', 'returned')),
  committed_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  outcome text CHECK (outcome IN (
    'completed', 'failed', 'cancelled', 'timed-out', 'out-of-memory', 'node-failed',
    'boot-failed', 'preempted', 'lost', 'refused')),
  exit_code bigint,
  signal bigint,
  used_gpu_ms bigint CHECK (used_gpu_ms >= 0),
  refund_reason text,
  requeued boolean,
  slurm_job_id bigint,
  devices text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (job, task_index, attempt),
  FOREIGN KEY (job, task_index) REFERENCES task,
  CONSTRAINT over_has_an_end CHECK (
    (state IN ('ended', 'returned'))
    = (num_nulls(ended_at, outcome, exit_code, signal, used_gpu_ms, requeued) = 0))
);
-- A task runs once at a time.
CREATE UNIQUE INDEX one_open_run_per_task ON run (job, task_index)
  WHERE state IN ('starting', 'running');

-- What was decided and is still to be performed by the bridge, in order: the outbox.
CREATE TABLE directive (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('start', 'cancel')),
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  -- Of a start.
  attempt bigint,
  written_at timestamptz NOT NULL DEFAULT polder_now(),
  -- Performed, or void.
  finished_at timestamptz,
  FOREIGN KEY (job, task_index) REFERENCES task,
  FOREIGN KEY (job, task_index, attempt) REFERENCES run,
  CHECK ((kind = 'start') = (attempt IS NOT NULL))
);
CREATE UNIQUE INDEX one_open_directive ON directive (job, task_index, kind)
  WHERE finished_at IS NULL;
CREATE INDEX directive_in_order ON directive (seq) WHERE finished_at IS NULL;

-- When a node went up or down: the source of delivered capacity in reports.
CREATE TABLE node_change (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node text NOT NULL,
  at timestamptz NOT NULL,
  up boolean NOT NULL,
  gpus bigint NOT NULL
);
CREATE INDEX node_change_of_node ON node_change (node, seq);
CREATE INDEX node_change_in_order ON node_change (at, node);
CREATE TRIGGER node_change_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON node_change
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- One row once there is one: how far Slurm's own record was read.
CREATE TABLE record_cursor (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  cursor text NOT NULL
);

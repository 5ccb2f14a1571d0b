-- Starts that are promised, so that a daemon that begins anew, or another that takes over, keeps them;
-- and those that came later than promised, each with its cause, for ever.
CREATE TABLE promise (
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  allocation text NOT NULL REFERENCES allocation,
  hold_gpu_ms bigint NOT NULL CHECK (hold_gpu_ms >= 0),
  starts_at timestamptz NOT NULL,
  -- With limit and grace.
  ends_at timestamptz NOT NULL CONSTRAINT ends_after_its_start CHECK (ends_at >= starts_at),
  nodes text[] NOT NULL,
  gpus_per_node bigint NOT NULL,
  cpus_per_node bigint NOT NULL,
  memory_mib_per_node bigint NOT NULL,
  gpu_thousandths_per_node bigint NOT NULL,
  -- Of those that its job lists; null if it names one.
  partition text,
  -- The earliest start that the task was promised since it waits.
  first_promised_for timestamptz NOT NULL,
  PRIMARY KEY (job, task_index),
  FOREIGN KEY (job, task_index) REFERENCES task
);

CREATE TABLE late_start (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  promised_for timestamptz NOT NULL,
  -- Null if no other start was planned.
  expected_for timestamptz,
  cause text NOT NULL CHECK (cause IN ('node', 'reservation', 'overrun', 'request', 'blocked',
    'money', 'limit', 'away', 'policy', 'unknown')),
  nodes text[] NOT NULL,
  found_at timestamptz NOT NULL,
  FOREIGN KEY (job, task_index) REFERENCES task,
  CONSTRAINT later_than_promised CHECK (expected_for > promised_for),
  CONSTRAINT once_a_round UNIQUE (job, task_index, found_at)
);
CREATE TRIGGER late_start_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON late_start
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- How far ahead planned starts of a class are promises; null for as far as the order says.
ALTER TABLE qos_class ADD COLUMN promise_ahead_seconds bigint
  CONSTRAINT promises_to_who_stays CHECK (
    promise_ahead_seconds IS NULL OR promise_ahead_seconds > 0 AND NOT is_preemptable);

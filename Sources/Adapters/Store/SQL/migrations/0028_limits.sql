-- Limits on what runs or waits at once: LimitRule in the core. What is in use stands nowhere but in
-- the runs under way and the tasks that wait; whoever adds to it counts them under a lock.
CREATE TABLE queue_limit (
  id text PRIMARY KEY,
  scope text NOT NULL CHECK (scope IN ('member', 'project', 'programmes', 'funder', 'commercial')),
  member text,
  project text,
  programmes text[],
  funder text,
  -- Null: not limited.
  most_gpus bigint CHECK (most_gpus >= 0),
  most_running bigint CHECK (most_running >= 0),
  most_held_gpu_ms bigint CHECK (most_held_gpu_ms >= 0),
  most_waiting bigint CHECK (most_waiting >= 0),
  CONSTRAINT scope_in_full CHECK (
    (member IS NOT NULL) = (scope = 'member')
    AND (project IS NOT NULL) = (scope IN ('member', 'project'))
    AND (programmes IS NOT NULL) = (scope = 'programmes')
    AND (funder IS NOT NULL) = (scope IN ('funder', 'commercial'))),
  CONSTRAINT limits_something CHECK (
    num_nonnulls(most_gpus, most_running, most_held_gpu_ms, most_waiting) >= 1)
);

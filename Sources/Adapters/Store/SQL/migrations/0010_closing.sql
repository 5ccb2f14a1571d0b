-- The end of a budget and of a window: a policy for each allocation, suspension, and what Polder
-- does to runs that are under way.

ALTER TABLE programme
  ADD COLUMN policy_at_end text NOT NULL DEFAULT 'refuse'
    CHECK (policy_at_end IN ('refuse', 'drain', 'signal', 'kill', 'go-on')),
  ADD COLUMN policy_at_exhaustion text NOT NULL DEFAULT 'refuse'
    CHECK (policy_at_exhaustion IN ('refuse', 'drain', 'signal', 'kill', 'go-on')),
  ADD COLUMN policy_signal text NOT NULL DEFAULT 'USR1'
    CHECK (policy_signal IN ('USR1', 'USR2', 'TERM', 'INT', 'HUP', 'URG', 'CONT')),
  ADD COLUMN policy_ahead_seconds bigint NOT NULL DEFAULT 300 CHECK (policy_ahead_seconds >= 0),
  ADD COLUMN policy_overrun_gpu_ms bigint NOT NULL DEFAULT 0 CHECK (policy_overrun_gpu_ms >= 0);

ALTER TABLE allocation
  -- Nothing starts from here on; null if it is not suspended.
  ADD COLUMN suspended_at timestamptz,
  -- All of them null: the programme's.
  ADD COLUMN policy_at_end text
    CHECK (policy_at_end IN ('refuse', 'drain', 'signal', 'kill', 'go-on')),
  ADD COLUMN policy_at_exhaustion text
    CHECK (policy_at_exhaustion IN ('refuse', 'drain', 'signal', 'kill', 'go-on')),
  ADD COLUMN policy_signal text
    CHECK (policy_signal IN ('USR1', 'USR2', 'TERM', 'INT', 'HUP', 'URG', 'CONT')),
  ADD COLUMN policy_ahead_seconds bigint CHECK (policy_ahead_seconds >= 0),
  ADD COLUMN policy_overrun_gpu_ms bigint CHECK (policy_overrun_gpu_ms >= 0),
  ADD CONSTRAINT policy_in_full CHECK (num_nulls(policy_at_end, policy_at_exhaustion,
    policy_signal, policy_ahead_seconds, policy_overrun_gpu_ms) IN (0, 5));

ALTER TABLE run
  -- It was warned of its end, which happens once.
  ADD COLUMN signalled boolean NOT NULL DEFAULT false,
  -- The limit that Slurm was told, where that is not the one that the hold covers.
  ADD COLUMN told_limit_seconds bigint CHECK (told_limit_seconds > 0),
  -- Why Polder ends it; the first cause stands.
  ADD COLUMN end_cause text CHECK (end_cause IN ('window-ended', 'suspended', 'exhausted',
    'overrun-cap', 'preempted', 'administrator'));

ALTER TABLE directive
  DROP CONSTRAINT directive_kind_check,
  DROP CONSTRAINT directive_check,
  -- Of a signal.
  ADD COLUMN signal text,
  -- Of a limit.
  ADD COLUMN limit_seconds bigint CHECK (limit_seconds > 0),
  ADD CONSTRAINT directive_kind_check
    CHECK (kind IN ('start', 'cancel', 'signal', 'end', 'limit')),
  ADD CONSTRAINT directive_names_its_run CHECK ((kind <> 'cancel') = (attempt IS NOT NULL)),
  ADD CONSTRAINT directive_in_full CHECK (
    (kind = 'signal') = (signal IS NOT NULL) AND (kind = 'limit') = (limit_seconds IS NOT NULL));

-- History by month, and who may do what. Runs and entries grow for ever: each month of them is a
-- partition of its own, and what is open stands in a small table beside them. The rows that are
-- there move.

-- MARK: Tables

ALTER TABLE run RENAME TO run_before_months;
ALTER TABLE run_before_months RENAME CONSTRAINT run_pkey TO run_before_months_pkey;
DROP INDEX one_open_run_per_task;
ALTER TABLE ledger_entry RENAME TO ledger_entry_before_months;
ALTER TABLE ledger_entry_before_months
  RENAME CONSTRAINT ledger_entry_pkey TO ledger_entry_before_months_pkey;
DROP INDEX one_of_a_kind_per_run, ledger_entry_of_allocation, ledger_entry_in_time;
ALTER TABLE directive DROP CONSTRAINT directive_job_task_index_attempt_fkey;

CREATE TABLE run (
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  attempt bigint NOT NULL CONSTRAINT run_attempt_check CHECK (attempt >= 1),
  allocation text NOT NULL CONSTRAINT run_allocation_fkey REFERENCES allocation,
  nodes text[] NOT NULL,
  gpus_per_node bigint NOT NULL,
  cpus_per_node bigint NOT NULL,
  memory_mib_per_node bigint NOT NULL,
  weight_thousandths bigint NOT NULL
    CONSTRAINT run_weight_thousandths_check CHECK (weight_thousandths >= 0),
  rate_version bigint NOT NULL,
  -- Null for a run that the operator carries.
  hold_gpu_ms bigint CONSTRAINT run_hold_gpu_ms_check CHECK (hold_gpu_ms >= 0),
  reach_seconds bigint NOT NULL,
  state text NOT NULL CONSTRAINT run_state_check
    CHECK (state IN ('starting', 'running', 'ended', 'returned')),
  -- The month it belongs to; never changes.
  committed_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  outcome text CONSTRAINT run_outcome_check CHECK (outcome IN (
    'completed', 'failed', 'cancelled', 'timed-out', 'out-of-memory', 'node-failed',
    'boot-failed', 'preempted', 'lost', 'refused')),
  exit_code bigint,
  signal bigint,
  used_gpu_ms bigint CONSTRAINT run_used_gpu_ms_check CHECK (used_gpu_ms >= 0),
  refund_reason text,
  requeued boolean,
  slurm_job_id bigint,
  devices text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (job, task_index, attempt, committed_at),
  CONSTRAINT run_job_task_index_fkey FOREIGN KEY (job, task_index) REFERENCES task,
  CONSTRAINT over_has_an_end CHECK (
    (state IN ('ended', 'returned'))
    = (num_nulls(ended_at, outcome, exit_code, signal, used_gpu_ms, requeued) = 0))
) PARTITION BY RANGE (committed_at);

-- The runs that are under way, kept by a trigger: where a run that is looked for stands in history,
-- and all that a glance at the books needs.
CREATE TABLE open_run (
  job bigint NOT NULL,
  task_index bigint NOT NULL,
  attempt bigint NOT NULL,
  committed_at timestamptz NOT NULL,
  allocation text NOT NULL,
  hold_gpu_ms bigint,
  -- A task runs once at a time.
  CONSTRAINT one_open_run_per_task PRIMARY KEY (job, task_index)
) WITH (fillfactor = 50);

-- As P1042_3.2: RunID in the core.
CREATE FUNCTION run_name(job bigint, task_index bigint, attempt bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT 'P' || job || CASE WHEN task_index < 0 THEN '' ELSE '_' || task_index END || '.' || attempt
$$;

CREATE SEQUENCE ledger_entry_seq;
CREATE TABLE ledger_entry (
  -- Made from what it is about, such as hold:P1042.1 or charge:P1042.1/2, so that posting again
  -- is seen.
  id text NOT NULL,
  -- The order of posting.
  seq bigint NOT NULL DEFAULT nextval('ledger_entry_seq'),
  kind text NOT NULL CONSTRAINT ledger_entry_kind_check CHECK (kind IN (
    'grant', 'withdrawal', 'opening', 'hold', 'charge', 'release', 'refund', 'expiry',
    'overrun')),
  allocation text NOT NULL CONSTRAINT ledger_entry_allocation_fkey REFERENCES allocation,
  -- At most a billion GPU-hours, so that no sum overflows.
  amount_gpu_ms bigint NOT NULL
    CONSTRAINT ledger_entry_amount_gpu_ms_check
    CHECK (amount_gpu_ms BETWEEN 1 AND 3600000000000000),
  job bigint,
  task_index bigint,
  attempt bigint,
  -- Of several entries of one kind about one run.
  part bigint NOT NULL DEFAULT 0 CHECK (part >= 0),
  reason text CONSTRAINT ledger_entry_reason_check CHECK (reason IN (
    'node-failure', 'vanished', 'boot-failure', 'administrator-cancel', 'past-limit',
    'unplanned', 'taken-over')),
  corrects text,
  effective_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  -- The month it belongs to: when its run was committed, or when it was recorded if it is about
  -- none. So all of a run stands in one month, and what is unique there is unique.
  booked_at timestamptz NOT NULL,
  PRIMARY KEY (id, booked_at),
  CONSTRAINT run_in_full CHECK (num_nulls(job, task_index, attempt) IN (0, 3)),
  CONSTRAINT kind_names_its_run CHECK (CASE
    WHEN kind IN ('grant', 'withdrawal', 'opening') THEN job IS NULL
    WHEN kind IN ('hold', 'charge', 'release', 'refund', 'overrun') THEN job IS NOT NULL
    ELSE true END),
  CONSTRAINT booked_when_recorded CHECK (job IS NOT NULL OR booked_at = recorded_at),
  -- So that no id of one run, or of none, is another's in another month.
  CONSTRAINT id_names_its_run CHECK (CASE
    WHEN job IS NULL THEN split_part(id, ':', 2) !~ '^P[0-9_]+[.][0-9]+(/|$)'
    ELSE split_part(split_part(id, ':', 2), '/', 1) = run_name(job, task_index, attempt) END)
) PARTITION BY RANGE (booked_at);

-- What was posted by hand or by the calendar, over all months: here its ids are unique.
CREATE TABLE ledger_act (
  id text PRIMARY KEY,
  kind text NOT NULL,
  allocation text NOT NULL,
  booked_at timestamptz NOT NULL
);
CREATE INDEX ledger_act_of_allocation ON ledger_act (allocation, kind);

-- Nobody gains anything by updating it: a column for the right to lock a balance, and no more.
ALTER TABLE allocation_balance ADD COLUMN lock bigint NOT NULL DEFAULT 0 CHECK (lock = 0);

-- MARK: Months

-- What each pair of partitions has beside its parents': indexes with names, the link between them,
-- and the guard against those who name a partition to get round its parent's.
CREATE FUNCTION finish_partitions(suffix text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  runs CONSTANT text := 'run_' || suffix;
  entries CONSTANT text := 'ledger_entry_' || suffix;
BEGIN
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (job, task_index, attempt, committed_at)', runs);
  EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id, booked_at)', entries);
  -- A run is held for once, charged once, released once, refunded once; or in numbered parts.
  EXECUTE format('CREATE UNIQUE INDEX %I
    ON %I (job, task_index, attempt, kind, part, booked_at) WHERE job IS NOT NULL',
    'one_of_a_kind_per_run_' || suffix, entries);
  EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I
    FOREIGN KEY (job, task_index, attempt, booked_at) REFERENCES %I',
    entries, entries || '_run_fkey', runs);
  EXECUTE format('CREATE TRIGGER is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()', entries);
END $$;

-- Makes what is missing of the months from the one of `since` (null: of the earliest row that stands
-- in none, ten years back at most) to the one of `until`, and moves such rows into them. How many.
CREATE FUNCTION make_months(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz;
  following timestamptz;
  suffix text;
  made bigint := 0;
BEGIN
  -- Of two at once the second finds all made.
  PERFORM pg_advisory_xact_lock(7020530004);
  since := coalesce(since, greatest(polder_now() - interval '10 years', least(polder_now(),
    (SELECT min(committed_at) FROM run_default),
    (SELECT min(booked_at) FROM ledger_entry_default))));
  FOR month IN
    SELECT generate_series(date_trunc('month', since), date_trunc('month', until), '1 month')
  LOOP
    suffix := to_char(month, 'YYYY_MM');
    following := month + interval '1 month';
    CONTINUE WHEN to_regclass('public.run_' || suffix) IS NOT NULL;
    made := made + 1;
    EXECUTE format('CREATE TABLE %I (LIKE run INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
      'run_' || suffix);
    EXECUTE format('CREATE TABLE %I (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
      'ledger_entry_' || suffix);
    IF EXISTS (SELECT FROM run_default WHERE committed_at >= month AND committed_at < following)
      OR EXISTS (
        SELECT FROM ledger_entry_default WHERE booked_at >= month AND booked_at < following)
    THEN
      ALTER TABLE ledger_entry_default DISABLE TRIGGER USER;
      ALTER TABLE run_default DISABLE TRIGGER USER;
      -- Made alike, so that the columns agree.
      EXECUTE format('INSERT INTO %I SELECT run.* FROM run_default AS run
        WHERE committed_at >= $1 AND committed_at < $2', 'run_' || suffix) USING month, following;
      EXECUTE format('INSERT INTO %I SELECT entry.* FROM ledger_entry_default AS entry
        WHERE booked_at >= $1 AND booked_at < $2', 'ledger_entry_' || suffix)
        USING month, following;
      DELETE FROM ledger_entry_default WHERE booked_at >= month AND booked_at < following;
      DELETE FROM run_default WHERE committed_at >= month AND committed_at < following;
      SET CONSTRAINTS ALL IMMEDIATE;
      ALTER TABLE ledger_entry_default ENABLE TRIGGER USER;
      ALTER TABLE run_default ENABLE TRIGGER USER;
    END IF;
    PERFORM finish_partitions(suffix);
    EXECUTE format('ALTER TABLE run ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      'run_' || suffix, month, following);
    EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      'ledger_entry_' || suffix, month, following);
  END LOOP;
  RETURN made;
END $$;

-- For the daemon, which owns nothing: the months from the present one to the one of `until`, at
-- most a year ahead. It waits for nobody long, and is asked again later.
CREATE FUNCTION make_partitions(until timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
  SELECT make_months(polder_now(), least(until, polder_now() + interval '1 year'))
$$;

-- The safety net.
CREATE TABLE run_default (LIKE run INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE ledger_entry_default (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
SELECT finish_partitions('default');
ALTER TABLE run ATTACH PARTITION run_default DEFAULT;
ALTER TABLE ledger_entry ATTACH PARTITION ledger_entry_default DEFAULT;

-- How many rows stand outside all months: none, unless months were not made in time.
CREATE FUNCTION rows_outside_months() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT count(*) FROM run_default) + (SELECT count(*) FROM ledger_entry_default)
$$;

-- Parents of the partitions' indexes, and what each partition needs no name of its own for.
CREATE UNIQUE INDEX one_of_a_kind_per_run
  ON ledger_entry (job, task_index, attempt, kind, part, booked_at) WHERE job IS NOT NULL;
CREATE INDEX ledger_entry_of_allocation ON ledger_entry (allocation, seq);
-- Entries come in the order of time, nearly: ranges of pages say enough and cost next to nothing.
CREATE INDEX ledger_entry_in_time ON ledger_entry USING brin (effective_at)
  WITH (pages_per_range = 32, autosummarize = on);

-- From the earliest month of what there is, ten years back at most, to the third from now.
SELECT make_months(
  greatest(polder_now() - interval '10 years', least(polder_now() - interval '1 month',
    (SELECT min(committed_at) FROM run_before_months),
    (SELECT min(recorded_at) FROM ledger_entry_before_months))),
  polder_now() + interval '3 months');

-- MARK: The rows that are there

INSERT INTO run SELECT old.* FROM run_before_months AS old ORDER BY committed_at;

INSERT INTO open_run
SELECT job, task_index, attempt, committed_at, allocation, hold_gpu_ms FROM run_before_months
WHERE state IN ('starting', 'running');

INSERT INTO ledger_entry (
  id, seq, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, booked_at)
SELECT id, seq, kind, entry.allocation, amount_gpu_ms, job, task_index, attempt, reason, corrects,
  effective_at, recorded_at, coalesce(committed_at, recorded_at)
FROM ledger_entry_before_months AS entry
LEFT JOIN run_before_months USING (job, task_index, attempt) ORDER BY seq;

INSERT INTO ledger_act
SELECT id, kind, allocation, recorded_at FROM ledger_entry_before_months WHERE job IS NULL;

SELECT setval('ledger_entry_seq', (SELECT max(seq) FROM ledger_entry_before_months))
WHERE EXISTS (SELECT FROM ledger_entry_before_months);

DROP TABLE ledger_entry_before_months, run_before_months;

-- MARK: Invariants

CREATE FUNCTION run_opens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state IN ('starting', 'running') THEN
      INSERT INTO open_run VALUES (NEW.job, NEW.task_index, NEW.attempt, NEW.committed_at,
        NEW.allocation, NEW.hold_gpu_ms);
    END IF;
  ELSIF NEW.state IN ('starting', 'running') THEN
    UPDATE open_run SET hold_gpu_ms = NEW.hold_gpu_ms
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt;
  ELSE
    DELETE FROM open_run
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER run_opens AFTER INSERT ON run FOR EACH ROW EXECUTE FUNCTION run_opens();
CREATE TRIGGER run_changes AFTER UPDATE ON run FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.hold_gpu_ms IS DISTINCT FROM NEW.hold_gpu_ms)
  EXECUTE FUNCTION run_opens();

-- What is over stays as it was.
CREATE TRIGGER run_is_final BEFORE UPDATE ON run FOR EACH ROW
  WHEN (OLD.state IN ('ended', 'returned')) EXECUTE FUNCTION forbid_change();
CREATE TRIGGER run_is_kept BEFORE DELETE OR TRUNCATE ON run
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- A start is of a run under way.
CREATE FUNCTION directive_starts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM open_run
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt)
  THEN
    RAISE EXCEPTION 'run % is not under way', run_name(NEW.job, NEW.task_index, NEW.attempt)
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'start_of_open_run',
        TABLE = 'directive';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER directive_starts AFTER INSERT ON directive FOR EACH ROW
  WHEN (NEW.kind = 'start') EXECUTE FUNCTION directive_starts();

CREATE TRIGGER ledger_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER ledger_act_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_act
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Whoever may post an entry may not write a balance: the trigger does it as the owner.
ALTER FUNCTION ledger_entry_moves() SECURITY DEFINER SET search_path = public, pg_temp;
CREATE TRIGGER ledger_entry_moves AFTER INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves();

CREATE FUNCTION ledger_entry_acts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ledger_act VALUES (NEW.id, NEW.kind, NEW.allocation, NEW.booked_at);
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_acts AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.job IS NULL) EXECUTE FUNCTION ledger_entry_acts();

-- What an entry corrects is there.
CREATE FUNCTION ledger_entry_corrects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM ledger_entry WHERE id = NEW.corrects AND booked_at = NEW.booked_at)
    AND NOT EXISTS (SELECT FROM ledger_entry WHERE id = NEW.corrects)
  THEN
    RAISE EXCEPTION 'entry % corrects %, which is not there', NEW.id, NEW.corrects
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'corrects_an_entry',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_corrects AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.corrects IS NOT NULL) EXECUTE FUNCTION ledger_entry_corrects();

-- Refunds give back a charge of the same run and allocation, and together never more than it.
CREATE OR REPLACE FUNCTION ledger_entry_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  refunded CONSTANT numeric := (
    SELECT sum(amount_gpu_ms) FROM ledger_entry
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt
      AND booked_at = NEW.booked_at AND kind = 'refund' AND corrects = NEW.corrects);
BEGIN
  IF NOT EXISTS (
    SELECT FROM ledger_entry AS charge
    WHERE charge.id = NEW.corrects AND charge.booked_at = NEW.booked_at
      AND charge.kind = 'charge' AND charge.allocation = NEW.allocation
      AND charge.amount_gpu_ms >= refunded
      AND (charge.job, charge.task_index, charge.attempt)
        = (NEW.job, NEW.task_index, NEW.attempt))
  THEN
    RAISE EXCEPTION 'entry % gives back more than was charged', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_charge',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_refunds AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.kind = 'refund') EXECUTE FUNCTION ledger_entry_refunds();

-- A hold is closed entirely: all parts of charge and release make up all parts of the hold. Asked
-- at COMMIT.
CREATE OR REPLACE FUNCTION ledger_entry_settles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (
    SELECT count(*) FILTER (WHERE kind = 'hold') >= 1
      AND bool_and(allocation = NEW.allocation)
      AND sum(CASE kind WHEN 'hold' THEN amount_gpu_ms ELSE -amount_gpu_ms END) = 0
    FROM ledger_entry
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt
      AND booked_at = NEW.booked_at AND kind IN ('hold', 'charge', 'release')) IS NOT TRUE
  THEN
    RAISE EXCEPTION 'entry % does not close its hold', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_in_full', TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_settles AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind IN ('charge', 'release'))
  EXECUTE FUNCTION ledger_entry_settles();

-- Which funder a login role reports for: a role that is a member of polder_report and has no row
-- here sees nothing.
CREATE TABLE report_role (
  role name PRIMARY KEY,
  funder text NOT NULL REFERENCES funder
);

-- One row from a restore until Slurm was looked at in full: nothing is started meanwhile.
CREATE TABLE restoration (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  restored_at timestamptz NOT NULL DEFAULT polder_now()
);

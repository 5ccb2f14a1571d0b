-- The books. Constraints and triggers restate the invariants of the core's ledger, so that a bug
-- in one is caught by the other.

-- What follows from the entries, kept by a trigger so that a start costs one row.
CREATE TABLE allocation_balance (
  allocation text PRIMARY KEY REFERENCES allocation,
  granted_gpu_ms bigint NOT NULL DEFAULT 0,
  charged_gpu_ms bigint NOT NULL DEFAULT 0,
  refunded_gpu_ms bigint NOT NULL DEFAULT 0,
  expired_gpu_ms bigint NOT NULL DEFAULT 0,
  held_gpu_ms bigint NOT NULL DEFAULT 0,
  overrun_gpu_ms bigint NOT NULL DEFAULT 0,
  CONSTRAINT available_not_negative CHECK (
    granted_gpu_ms - charged_gpu_ms + refunded_gpu_ms - expired_gpu_ms - held_gpu_ms >= 0),
  CONSTRAINT granted_not_negative CHECK (granted_gpu_ms >= 0),
  CONSTRAINT held_not_negative CHECK (held_gpu_ms >= 0),
  CONSTRAINT refunded_within_charged CHECK (refunded_gpu_ms BETWEEN 0 AND charged_gpu_ms),
  CONSTRAINT sums_not_negative CHECK (expired_gpu_ms >= 0 AND overrun_gpu_ms >= 0)
);

CREATE TABLE ledger_entry (
  -- Made from what it is about, such as hold:P1042.1, so that posting again is seen.
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  kind text NOT NULL CHECK (kind IN (
    'grant', 'withdrawal', 'opening', 'hold', 'charge', 'release', 'refund', 'expiry',
    'overrun')),
  allocation text NOT NULL REFERENCES allocation,
  -- At most a billion GPU-hours, so that no sum overflows.
  amount_gpu_ms bigint NOT NULL CHECK (amount_gpu_ms BETWEEN 1 AND 3600000000000000),
  job bigint,
  task_index bigint,
  attempt bigint,
  reason text CHECK (reason IN (
    'node-failure', 'vanished', 'boot-failure', 'administrator-cancel', 'past-limit',
    'unplanned', 'taken-over')),
  corrects text REFERENCES ledger_entry,
  effective_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  FOREIGN KEY (job, task_index, attempt) REFERENCES run,
  CONSTRAINT run_in_full CHECK (num_nulls(job, task_index, attempt) IN (0, 3)),
  CONSTRAINT kind_names_its_run CHECK (CASE
    WHEN kind IN ('grant', 'withdrawal', 'opening') THEN job IS NULL
    WHEN kind IN ('hold', 'charge', 'release', 'refund', 'overrun') THEN job IS NOT NULL
    ELSE true END)
);
-- A run is held for once, charged once, released once, refunded once.
CREATE UNIQUE INDEX one_of_a_kind_per_run ON ledger_entry (job, task_index, attempt, kind)
  WHERE job IS NOT NULL;
CREATE INDEX ledger_entry_of_allocation ON ledger_entry (allocation, seq);
CREATE INDEX ledger_entry_in_time ON ledger_entry (effective_at);

CREATE TRIGGER ledger_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Each kind moves its amount between two accounts of its allocation: EntryKind in the core.
CREATE FUNCTION ledger_entry_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount CONSTANT bigint := NEW.amount_gpu_ms;
BEGIN
  IF NEW.kind = 'grant' THEN
    INSERT INTO allocation_balance (allocation) VALUES (NEW.allocation) ON CONFLICT DO NOTHING;
  END IF;
  UPDATE allocation_balance SET
    granted_gpu_ms = granted_gpu_ms
      + CASE NEW.kind WHEN 'grant' THEN amount WHEN 'withdrawal' THEN -amount ELSE 0 END,
    charged_gpu_ms = charged_gpu_ms
      + CASE WHEN NEW.kind IN ('opening', 'charge') THEN amount ELSE 0 END,
    refunded_gpu_ms = refunded_gpu_ms + CASE NEW.kind WHEN 'refund' THEN amount ELSE 0 END,
    expired_gpu_ms = expired_gpu_ms + CASE NEW.kind WHEN 'expiry' THEN amount ELSE 0 END,
    held_gpu_ms = held_gpu_ms
      + CASE WHEN NEW.kind = 'hold' THEN amount
          WHEN NEW.kind IN ('charge', 'release') THEN -amount ELSE 0 END,
    overrun_gpu_ms = overrun_gpu_ms + CASE NEW.kind WHEN 'overrun' THEN amount ELSE 0 END
  WHERE allocation = NEW.allocation;
  IF NOT FOUND THEN
    -- Overruns are the operator's: an allocation without a grant can have one.
    IF NEW.kind = 'overrun' THEN
      INSERT INTO allocation_balance (allocation, overrun_gpu_ms)
        VALUES (NEW.allocation, amount);
    ELSE
      RAISE EXCEPTION 'allocation % has no accounts: nothing was granted', NEW.allocation
        USING ERRCODE = 'foreign_key_violation';
    END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER ledger_entry_moves AFTER INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_moves();

-- A refund gives back a charge of the same run and allocation, and never more than it.
CREATE FUNCTION ledger_entry_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM ledger_entry AS charge
    WHERE charge.id = NEW.corrects AND charge.kind = 'charge'
      AND charge.allocation = NEW.allocation AND charge.amount_gpu_ms >= NEW.amount_gpu_ms
      AND (charge.job, charge.task_index, charge.attempt)
        = (NEW.job, NEW.task_index, NEW.attempt))
  THEN
    RAISE EXCEPTION 'entry % gives back more than was charged', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_charge',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER ledger_entry_refunds AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.kind = 'refund') EXECUTE FUNCTION ledger_entry_refunds();

-- A hold is closed entirely: charge and release of a run make up its hold. Asked at COMMIT.
CREATE FUNCTION ledger_entry_settles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (
    SELECT count(*) FILTER (WHERE kind = 'hold') = 1
      AND bool_and(allocation = NEW.allocation)
      AND sum(CASE kind WHEN 'hold' THEN amount_gpu_ms ELSE -amount_gpu_ms END) = 0
    FROM ledger_entry
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt
      AND kind IN ('hold', 'charge', 'release')) IS NOT TRUE
  THEN
    RAISE EXCEPTION 'entry % does not close its hold', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'settled_in_full', TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_entry_settles AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind IN ('charge', 'release'))
  EXECUTE FUNCTION ledger_entry_settles();

-- Money beyond a run: transfers, corrections by hand, deferral, carry-over, holds that are extended,
-- charges in parts, and accounting periods that are closed for ever.

-- MARK: Balances

ALTER TABLE allocation_balance
  ADD COLUMN transferred_in_gpu_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN transferred_out_gpu_ms bigint NOT NULL DEFAULT 0,
  ADD COLUMN deferred_gpu_ms bigint NOT NULL DEFAULT 0,
  DROP CONSTRAINT available_not_negative,
  -- What came in by a transfer may be withdrawn: the award as a whole is never below zero, since
  -- all that it is made of is not.
  DROP CONSTRAINT granted_not_negative,
  ADD CONSTRAINT available_not_negative CHECK (
    granted_gpu_ms + transferred_in_gpu_ms - transferred_out_gpu_ms - charged_gpu_ms
    + refunded_gpu_ms - expired_gpu_ms - held_gpu_ms - deferred_gpu_ms >= 0),
  ADD CONSTRAINT deferred_not_negative CHECK (deferred_gpu_ms >= 0),
  ADD CONSTRAINT transfers_not_negative CHECK (
    transferred_in_gpu_ms >= 0 AND transferred_out_gpu_ms >= 0);

-- MARK: Entries

ALTER TABLE ledger_entry
  -- Who asked for what was done by hand, and who approved it: opaque subjects, never names.
  ADD COLUMN requested_by text,
  ADD COLUMN approved_by text,
  -- The first day of the closed period that the fact belongs to, where it came too late for it.
  ADD COLUMN belated_month date,
  DROP CONSTRAINT ledger_entry_kind_check,
  DROP CONSTRAINT ledger_entry_reason_check,
  DROP CONSTRAINT kind_names_its_run,
  DROP CONSTRAINT id_names_its_run,
  ADD CONSTRAINT ledger_entry_kind_check CHECK (kind IN (
    'grant', 'withdrawal', 'opening', 'deferral', 'instalment', 'transfer-out', 'transfer-in',
    'hold', 'charge', 'release', 'refund', 'credit', 'debit', 'expiry', 'overrun')),
  ADD CONSTRAINT ledger_entry_reason_check CHECK (reason IN (
    'node-failure', 'vanished', 'boot-failure', 'preempted', 'administrator-cancel', 'site-fault',
    'goodwill', 'miscount', 'past-limit', 'unplanned', 'taken-over', 'carried-over')),
  ADD CONSTRAINT kind_names_its_run CHECK (CASE
    WHEN kind IN ('grant', 'withdrawal', 'opening', 'deferral', 'instalment', 'transfer-out',
      'transfer-in') THEN job IS NULL
    WHEN kind IN ('hold', 'charge', 'release', 'refund', 'overrun') THEN job IS NOT NULL
    ELSE true END),
  -- So that no id of one run, of none, or made by hand is another's in another month.
  ADD CONSTRAINT id_names_its_run CHECK (CASE
    WHEN job IS NULL OR requested_by IS NOT NULL
      THEN split_part(id, ':', 2) !~ '^P[0-9_]+[.][0-9]+(/|$)'
    ELSE split_part(split_part(id, ':', 2), '/', 1) = run_name(job, task_index, attempt) END),
  ADD CONSTRAINT approval_in_full CHECK (num_nulls(requested_by, approved_by) IN (0, 2)),
  ADD CONSTRAINT by_hand_is_approved CHECK (CASE
    WHEN kind IN ('credit', 'debit') THEN approved_by IS NOT NULL
    WHEN kind IN ('transfer-out', 'transfer-in')
      THEN approved_by IS NOT NULL OR reason = 'carried-over'
    WHEN kind = 'refund' THEN true
    ELSE approved_by IS NULL END),
  ADD CONSTRAINT belated_is_a_month CHECK (belated_month = date_trunc('month', belated_month)::date);

-- What is left of a charge is its amount and what corrected it.
CREATE INDEX ledger_entry_of_corrected ON ledger_entry (corrects) WHERE corrects IS NOT NULL;
-- As ledger_entry_in_time: for what was recorded later than a moment, and for walks in order.
CREATE INDEX ledger_entry_in_order ON ledger_entry USING brin (seq, recorded_at)
  WITH (pages_per_range = 32, autosummarize = on);

-- What was made by hand about a run has an id of its own.
DROP TRIGGER ledger_entry_acts ON ledger_entry;
CREATE TRIGGER ledger_entry_acts AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.job IS NULL OR NEW.requested_by IS NOT NULL)
  EXECUTE FUNCTION ledger_entry_acts();

-- Each kind moves its amount between two accounts of its allocation: EntryKind in the core.
CREATE OR REPLACE FUNCTION ledger_entry_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  amount CONSTANT bigint := NEW.amount_gpu_ms;
BEGIN
  IF NEW.kind = 'grant' THEN
    INSERT INTO allocation_balance (allocation) VALUES (NEW.allocation) ON CONFLICT DO NOTHING;
  END IF;
  UPDATE allocation_balance SET
    granted_gpu_ms = granted_gpu_ms
      + CASE NEW.kind WHEN 'grant' THEN amount WHEN 'withdrawal' THEN -amount ELSE 0 END,
    transferred_in_gpu_ms = transferred_in_gpu_ms
      + CASE NEW.kind WHEN 'transfer-in' THEN amount ELSE 0 END,
    transferred_out_gpu_ms = transferred_out_gpu_ms
      + CASE NEW.kind WHEN 'transfer-out' THEN amount ELSE 0 END,
    charged_gpu_ms = charged_gpu_ms
      + CASE WHEN NEW.kind IN ('opening', 'charge', 'debit') THEN amount ELSE 0 END,
    refunded_gpu_ms = refunded_gpu_ms
      + CASE WHEN NEW.kind IN ('refund', 'credit') THEN amount ELSE 0 END,
    expired_gpu_ms = expired_gpu_ms + CASE NEW.kind WHEN 'expiry' THEN amount ELSE 0 END,
    held_gpu_ms = held_gpu_ms
      + CASE WHEN NEW.kind = 'hold' THEN amount
          WHEN NEW.kind IN ('charge', 'release') THEN -amount ELSE 0 END,
    deferred_gpu_ms = deferred_gpu_ms
      + CASE NEW.kind WHEN 'deferral' THEN amount WHEN 'instalment' THEN -amount ELSE 0 END,
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

-- A correction names a charge, or an opening unless it is a refund, of the same run and allocation;
-- and what was given back is never more than what is left of it.
CREATE OR REPLACE FUNCTION ledger_entry_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  corrected CONSTANT numeric := (
    SELECT sum(CASE kind WHEN 'debit' THEN amount_gpu_ms ELSE -amount_gpu_ms END)
    FROM ledger_entry WHERE corrects = NEW.corrects);
BEGIN
  IF NOT EXISTS (
    SELECT FROM ledger_entry AS standing
    WHERE standing.id = NEW.corrects AND standing.allocation = NEW.allocation
      AND (standing.kind = 'charge' AND standing.booked_at = NEW.booked_at
        OR standing.kind = 'opening' AND NEW.kind <> 'refund')
      AND (standing.job, standing.task_index, standing.attempt)
        IS NOT DISTINCT FROM (NEW.job, NEW.task_index, NEW.attempt)
      AND standing.amount_gpu_ms + corrected >= 0)
  THEN
    RAISE EXCEPTION 'entry % gives back more than is left', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_charge',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;
DROP TRIGGER ledger_entry_refunds ON ledger_entry;
CREATE TRIGGER ledger_entry_refunds AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.kind IN ('refund', 'credit', 'debit'))
  EXECUTE FUNCTION ledger_entry_refunds();

-- What leaves one allocation enters another: id:out and id:in, of one amount. Asked at COMMIT.
CREATE FUNCTION ledger_entry_pairs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM ledger_entry AS other
    WHERE other.id = CASE NEW.kind
        WHEN 'transfer-out' THEN regexp_replace(NEW.id, ':out$', ':in')
        ELSE regexp_replace(NEW.id, ':in$', ':out') END
      AND other.booked_at = NEW.booked_at
      AND other.kind = CASE NEW.kind WHEN 'transfer-out' THEN 'transfer-in' ELSE 'transfer-out' END
      AND other.amount_gpu_ms = NEW.amount_gpu_ms AND other.allocation <> NEW.allocation)
  THEN
    RAISE EXCEPTION 'entry % has no other half', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfers_come_in_pairs',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_entry_pairs AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind IN ('transfer-out', 'transfer-in'))
  EXECUTE FUNCTION ledger_entry_pairs();

-- MARK: Accounting periods

-- One row: from here on the books are open; null while nothing was closed. Whoever writes an entry
-- holds the shared half of the advisory lock 7020530007 until the end of the transaction, and
-- whoever closes a period, or describes a cap anew, holds it alone.
CREATE TABLE books (
  is_single boolean PRIMARY KEY DEFAULT true CHECK (is_single),
  open_from timestamptz
);
INSERT INTO books DEFAULT VALUES;

CREATE FUNCTION books_close() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
BEGIN
  IF NEW.open_from IS NULL OR NEW.open_from < OLD.open_from OR NEW.open_from > polder_now()
    OR NEW.open_from <> date_trunc('month', NEW.open_from)
  THEN
    RAISE EXCEPTION 'a period that is over is closed once, and never opened again'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_for_ever', TABLE = 'books';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER books_close BEFORE UPDATE ON books
  FOR EACH ROW EXECUTE FUNCTION books_close();
CREATE TRIGGER books_are_kept BEFORE DELETE OR TRUNCATE ON books
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- The seals of closed periods: PeriodSeal in the program.
CREATE TABLE accounting_period (
  month date PRIMARY KEY CHECK (month = date_trunc('month', month)::date),
  closed_at timestamptz NOT NULL,
  -- An opaque subject, never a name.
  closed_by text NOT NULL,
  entry_count bigint NOT NULL CHECK (entry_count >= 0),
  -- Of the last entry that is effective in it; 0 if there is none.
  last_seq bigint NOT NULL CHECK (last_seq >= 0),
  -- Of the canonical bytes of its entries in order of posting.
  sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32)
);
CREATE TRIGGER accounting_period_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON accounting_period
  FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- Nothing is effective in a closed period. To be tried again: the period was closed meanwhile.
CREATE FUNCTION ledger_entry_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  opening timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7020530007);
  SELECT open_from INTO STRICT opening FROM books;
  IF NEW.effective_at < opening THEN
    RAISE EXCEPTION 'entry % is effective in a period that is closed', NEW.id
      USING ERRCODE = 'serialization_failure', CONSTRAINT = 'effective_in_an_open_period',
        TABLE = 'ledger_entry';
  END IF;
  IF NEW.belated_month IS NOT NULL
    AND (opening IS NULL OR NEW.belated_month >= (opening AT TIME ZONE 'UTC')::date)
  THEN
    RAISE EXCEPTION 'entry % belongs to a period that is open', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'belated_in_a_closed_period',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER ledger_entry_is_open BEFORE INSERT ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_open();

-- Many entries are one statement: what follows from them is computed once a statement, and balances
-- and caps are locked in the order of their ids. Before this each entry moved its balance alone, so
-- that a group of starts paid for the same row over and over, and two groups of settlements over
-- several allocations could meet in a deadlock.

DROP TRIGGER ledger_entry_is_open ON ledger_entry;
DROP TRIGGER ledger_entry_moves ON ledger_entry;
DROP TRIGGER ledger_entry_tallies ON ledger_entry;

-- Each kind moves its amount between two accounts of its allocation: EntryKind in the core.
CREATE OR REPLACE FUNCTION ledger_entry_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  stranger text;
BEGIN
  INSERT INTO allocation_balance (allocation)
  SELECT DISTINCT allocation FROM posted WHERE kind = 'grant' ORDER BY allocation
  ON CONFLICT DO NOTHING;
  -- In order of id, as all lock them.
  PERFORM FROM allocation_balance
  WHERE allocation = ANY (ARRAY(SELECT DISTINCT allocation FROM posted))
  ORDER BY allocation FOR NO KEY UPDATE;
  UPDATE allocation_balance AS balance SET
    granted_gpu_ms = balance.granted_gpu_ms + moved.granted,
    transferred_in_gpu_ms = balance.transferred_in_gpu_ms + moved.transferred_in,
    transferred_out_gpu_ms = balance.transferred_out_gpu_ms + moved.transferred_out,
    charged_gpu_ms = balance.charged_gpu_ms + moved.charged,
    refunded_gpu_ms = balance.refunded_gpu_ms + moved.refunded,
    expired_gpu_ms = balance.expired_gpu_ms + moved.expired,
    held_gpu_ms = balance.held_gpu_ms + moved.held,
    deferred_gpu_ms = balance.deferred_gpu_ms + moved.deferred,
    overrun_gpu_ms = balance.overrun_gpu_ms + moved.overrun
  FROM (
    SELECT allocation,
      sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms
        ELSE 0 END) AS granted,
      sum(CASE kind WHEN 'transfer-in' THEN amount_gpu_ms ELSE 0 END) AS transferred_in,
      sum(CASE kind WHEN 'transfer-out' THEN amount_gpu_ms ELSE 0 END) AS transferred_out,
      sum(CASE WHEN kind IN ('opening', 'charge', 'debit') THEN amount_gpu_ms ELSE 0 END)
        AS charged,
      sum(CASE WHEN kind IN ('refund', 'credit') THEN amount_gpu_ms ELSE 0 END) AS refunded,
      sum(CASE kind WHEN 'expiry' THEN amount_gpu_ms ELSE 0 END) AS expired,
      sum(CASE WHEN kind = 'hold' THEN amount_gpu_ms
        WHEN kind IN ('charge', 'release') THEN -amount_gpu_ms ELSE 0 END) AS held,
      sum(CASE kind WHEN 'deferral' THEN amount_gpu_ms WHEN 'instalment' THEN -amount_gpu_ms
        ELSE 0 END) AS deferred,
      sum(CASE kind WHEN 'overrun' THEN amount_gpu_ms ELSE 0 END) AS overrun
    FROM posted GROUP BY allocation) AS moved
  WHERE balance.allocation = moved.allocation;
  -- Overruns are the operator's: an allocation without a grant can have one.
  SELECT allocation INTO stranger FROM posted
  WHERE kind <> 'overrun' AND NOT EXISTS (
    SELECT FROM allocation_balance AS balance WHERE balance.allocation = posted.allocation)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'allocation % has no accounts: nothing was granted', stranger
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO allocation_balance (allocation, overrun_gpu_ms)
  SELECT allocation, sum(amount_gpu_ms) FROM posted
  WHERE NOT EXISTS (
    SELECT FROM allocation_balance AS balance WHERE balance.allocation = posted.allocation)
  GROUP BY allocation;
  RETURN NULL;
END
$$;

-- Nothing is effective in a closed period. To be tried again: the period was closed meanwhile.
CREATE OR REPLACE FUNCTION ledger_entry_is_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  opening timestamptz;
  wrong text;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7020530007);
  SELECT open_from INTO STRICT opening FROM books;
  SELECT id INTO wrong FROM posted WHERE effective_at < opening LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % is effective in a period that is closed', wrong
      USING ERRCODE = 'serialization_failure', CONSTRAINT = 'effective_in_an_open_period',
        TABLE = 'ledger_entry';
  END IF;
  SELECT id INTO wrong FROM posted
  WHERE belated_month IS NOT NULL
    AND (opening IS NULL OR belated_month >= (opening AT TIME ZONE 'UTC')::date) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % belongs to a period that is open', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'belated_in_a_closed_period',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;

-- A run is counted where its hold was taken, which is where it is booked.
CREATE OR REPLACE FUNCTION ledger_entry_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one record;
BEGIN
  IF NOT EXISTS (SELECT FROM cap) THEN
    RETURN NULL;
  END IF;
  -- In order of id, as all lock them.
  FOR one IN
    SELECT cap.id, cap_period(cap.window_from, cap.window_to, posted.booked_at) AS period_from,
      sum(cap_used(posted.kind, posted.amount_gpu_ms)) AS used,
      sum(cap_held(posted.kind, posted.amount_gpu_ms)) AS held
    FROM posted
    CROSS JOIN LATERAL (
      -- LIMIT keeps the planner from another way than to look each up in its month.
      SELECT bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial
      FROM run
      WHERE run.job = posted.job AND run.task_index = posted.task_index
        AND run.attempt = posted.attempt AND run.committed_at = posted.booked_at
      LIMIT 1) AS borne
    CROSS JOIN LATERAL caps_covering(bearer_member, bearer_project, bearer_programme,
      bearer_funder, bearer_commercial) AS cap
    WHERE posted.kind IN ('hold', 'charge', 'release', 'refund', 'credit', 'debit')
      AND posted.job IS NOT NULL
      AND cap_period(cap.window_from, cap.window_to, posted.booked_at) IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
  LOOP
    INSERT INTO cap_use VALUES (one.id, one.period_from, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE cap_use SET used_gpu_ms = used_gpu_ms + one.used, held_gpu_ms = held_gpu_ms + one.held
    WHERE cap = one.id AND period_from = one.period_from;
  END LOOP;
  RETURN NULL;
END
$$;

-- A trigger of a statement fires on the table that the statement names: the parent's would say
-- nothing of what is written to a partition by its own name. By their names they come in this order:
-- periods, balances, caps.
CREATE FUNCTION post_by_statement(entries text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER ledger_entry_is_open AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_open()', entries);
  EXECUTE format('CREATE TRIGGER ledger_entry_moves AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_moves()', entries);
  EXECUTE format('CREATE TRIGGER ledger_entry_tallies AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_counts()', entries);
END $$;

CREATE OR REPLACE FUNCTION finish_partitions(suffix text) RETURNS void LANGUAGE plpgsql AS $$
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
  PERFORM post_by_statement(entries);
END $$;

SELECT post_by_statement('ledger_entry');
SELECT post_by_statement(relid::text) FROM pg_partition_tree('ledger_entry') WHERE isleaf;

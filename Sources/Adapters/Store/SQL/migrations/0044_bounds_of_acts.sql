-- Bounds of acts by hand that the program alone knew: one key is one act, a debit brings no run above its
-- hold, and a transfer nobody above what the programme awards. Entries that stand are not asked.

-- The key of an act by hand, of which it may be a half; null for what has none.
CREATE FUNCTION act_key(id text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN split_part(id, ':', 1) IN ('refund', 'credit', 'debit')
      THEN substr(id, strpos(id, ':') + 1)
    WHEN split_part(id, ':', 1) = 'transfer'
      THEN regexp_replace(substr(id, strpos(id, ':') + 1), ':(out|in)$', '') END
$$;

-- Two acts of one key may be on different allocations, whose locks let both pass: the key has one of its
-- own, which lock_act_key.sql takes as well.
CREATE OR REPLACE FUNCTION ledger_entry_acts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  key CONSTANT text := act_key(NEW.id);
BEGIN
  IF NEW.requested_by IS NOT NULL AND key IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(7020530, hashtext(key));
    IF EXISTS (
      SELECT FROM ledger_act
      WHERE id IN ('refund:' || key, 'credit:' || key, 'debit:' || key, 'transfer:' || key || ':out')
        AND split_part(id, ':', 1) <> split_part(NEW.id, ':', 1))
    THEN
      RAISE EXCEPTION 'entry % has the key of an act of another kind', NEW.id
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_act_for_a_key', TABLE = 'ledger_entry';
    END IF;
  END IF;
  INSERT INTO ledger_act VALUES (NEW.id, NEW.kind, NEW.allocation, NEW.booked_at);
  RETURN NULL;
END $$;

-- A correction names a charge, or an opening unless it is a refund, of the same run and allocation;
-- what was given back is never more than what is left of it; and what a run costs, never more than
-- its hold. Behind the trigger that moves the balances, whose rows keep two from seeing half.
CREATE OR REPLACE FUNCTION ledger_entry_refunds() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  wrong text;
BEGIN
  SELECT given.id INTO wrong
  FROM posted AS given
  WHERE given.kind IN ('refund', 'credit', 'debit') AND NOT EXISTS (
    SELECT FROM ledger_entry AS standing
    WHERE standing.id = given.corrects AND standing.allocation = given.allocation
      AND (standing.kind = 'charge' AND standing.booked_at = given.booked_at
        OR standing.kind = 'opening' AND given.kind <> 'refund')
      AND (standing.job, standing.task_index, standing.attempt)
        IS NOT DISTINCT FROM (given.job, given.task_index, given.attempt)
      AND standing.amount_gpu_ms + (
        SELECT sum(CASE kind WHEN 'debit' THEN amount_gpu_ms ELSE -amount_gpu_ms END)
        FROM ledger_entry AS correction WHERE correction.corrects = given.corrects) >= 0)
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % gives back more than is left', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_charge',
        TABLE = 'ledger_entry';
  END IF;
  SELECT given.id INTO wrong
  FROM posted AS given
  WHERE given.kind = 'debit' AND given.job IS NOT NULL AND (
    SELECT sum(CASE WHEN kind IN ('hold', 'refund', 'credit') THEN amount_gpu_ms
      WHEN kind IN ('charge', 'debit') THEN -amount_gpu_ms ELSE 0 END)
    FROM ledger_entry AS about
    WHERE about.job = given.job AND about.task_index = given.task_index
      AND about.attempt = given.attempt AND about.booked_at = given.booked_at) < 0
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % makes its run cost more than its hold', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'debit_within_hold', TABLE = 'ledger_entry';
  END IF;
  -- What is carried over has a bound of its own.
  SELECT given.id INTO wrong
  FROM posted AS given
  JOIN allocation_balance AS balance ON balance.allocation = given.allocation
  JOIN allocation ON allocation.id = given.allocation
  JOIN programme ON programme.id = allocation.programme
  WHERE given.kind = 'transfer-in' AND given.requested_by IS NOT NULL
    AND balance.granted_gpu_ms + transferred_in_gpu_ms - transferred_out_gpu_ms > most_gpu_ms
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'entry % brings its allocation above what its programme awards', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_within_award',
        TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END
$$;

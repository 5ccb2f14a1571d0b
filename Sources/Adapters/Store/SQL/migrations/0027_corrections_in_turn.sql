-- What is given back of a charge is never more than is left, whoever writes and however many at
-- once. The trigger of a row saw only what was committed before its statement, and relied on the
-- program's lock of the balance. Once a statement, behind the trigger that moves the balances, it
-- sees all: who corrects an entry of the same allocation has that balance's row until COMMIT.

DROP TRIGGER ledger_entry_refunds ON ledger_entry;

-- A correction names a charge, or an opening unless it is a refund, of the same run and allocation;
-- and what was given back is never more than what is left of it.
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
  RETURN NULL;
END
$$;

-- By its name it comes after ledger_entry_moves, which locks the balances in the order of their
-- ids.
CREATE OR REPLACE FUNCTION post_by_statement(entries text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_is_open AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_is_open()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_moves AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_moves()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_refunds AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refunds()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_sums_days AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_days()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_tallies AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_counts()', entries);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_entry_uses AFTER INSERT ON %I
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_uses()', entries);
END $$;
SELECT post_by_statement('ledger_entry');
SELECT post_by_statement(relid::text) FROM pg_partition_tree('ledger_entry') WHERE isleaf;

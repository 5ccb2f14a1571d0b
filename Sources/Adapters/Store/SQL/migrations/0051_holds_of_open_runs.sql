-- A hold of a run that is settled would stay for ever: it is refused, as a charge that does not close
-- its hold is. Asked at COMMIT, so that a run can be held and settled in one transaction.
CREATE FUNCTION ledger_entry_holds() RETURNS trigger LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF (
    SELECT bool_or(kind <> 'hold')
      AND sum(CASE kind WHEN 'hold' THEN amount_gpu_ms ELSE -amount_gpu_ms END) <> 0
    FROM ledger_entry
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt
      AND booked_at = NEW.booked_at AND kind IN ('hold', 'charge', 'release'))
  THEN
    RAISE EXCEPTION 'entry % is a hold of a run that is settled', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_of_open_run', TABLE = 'ledger_entry';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_holds AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind = 'hold') EXECUTE FUNCTION ledger_entry_holds();

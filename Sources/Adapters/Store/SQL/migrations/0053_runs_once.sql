-- One run is charged once. What is unique of a run and its entries is unique within the month in which
-- the run was committed: a run that ended could have been committed once more at another moment, held
-- and charged. Looked for among what was committed since its job was submitted (a day earlier, since
-- what Slurm ran by itself may be older than our word of it), by the key of the run. Of two at once the
-- second waits for the row of their task, or for the first at open_run. What stands is not looked at.
CREATE FUNCTION run_is_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  since timestamptz := least(NEW.committed_at,
    (SELECT submitted_at FROM job WHERE number = NEW.job)) - interval '1 day';
BEGIN
  IF EXISTS (
    SELECT FROM run
    WHERE job = NEW.job AND task_index = NEW.task_index AND attempt = NEW.attempt
      AND committed_at <> NEW.committed_at AND committed_at >= since)
  THEN
    RAISE EXCEPTION 'run % was committed before', run_name(NEW.job, NEW.task_index, NEW.attempt)
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_run_per_attempt', TABLE = 'run';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER run_is_new AFTER INSERT ON run FOR EACH ROW EXECUTE FUNCTION run_is_new();

-- A seal is of a month that is closed.
CREATE FUNCTION accounting_period_is_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM books
    WHERE (NEW.month + interval '1 month') AT TIME ZONE 'UTC' <= open_from)
  THEN
    RAISE EXCEPTION 'period % is not closed', NEW.month
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seal_of_a_closed_period',
        TABLE = 'accounting_period';
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER accounting_period_is_closed AFTER INSERT ON accounting_period
  FOR EACH ROW EXECUTE FUNCTION accounting_period_is_closed();

-- What reports of a closed month say of runs is the same for ever too. What is recorded of a run when the
-- month that it belongs to is closed counts at the beginning of the first month that is open then: that it
-- began (which belongs to the month in which it was committed), and that it ended (which belongs to the
-- month in which it did, or in which it was committed if that is later: what Slurm ran by itself). What is recorded in time has null here, as has all that stands. A start that is told otherwise
-- at the end is kept as it was told first.
ALTER TABLE run
  ADD COLUMN begun_late_at timestamptz,
  ADD COLUMN ended_late_at timestamptz,
  ADD COLUMN first_started_at timestamptz;
CREATE INDEX run_begun_late ON run (begun_late_at) WHERE begun_late_at IS NOT NULL;
CREATE INDEX run_ended_late ON run (ended_late_at) WHERE ended_late_at IS NOT NULL;

CREATE FUNCTION run_is_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  opening timestamptz;
  begins boolean := NEW.started_at IS NOT NULL;
  ends boolean := NEW.ended_at IS NOT NULL;
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.begun_late_at := NULL;
    NEW.ended_late_at := NULL;
    NEW.first_started_at := NULL;
  ELSE
    begins := begins AND OLD.started_at IS NULL;
    ends := ends AND OLD.ended_at IS NULL;
    IF OLD.started_at <> NEW.started_at THEN
      NEW.first_started_at := coalesce(OLD.first_started_at, OLD.started_at);
    END IF;
  END IF;
  IF NOT begins AND NOT ends THEN
    RETURN NEW;
  END IF;
  -- The lock that who writes entries holds: no period is closed meanwhile.
  PERFORM pg_advisory_xact_lock_shared(7020530007);
  SELECT open_from INTO STRICT opening FROM books;
  IF begins AND NEW.committed_at < opening THEN
    NEW.begun_late_at := opening;
  END IF;
  IF ends AND greatest(NEW.ended_at, NEW.committed_at) < opening THEN
    NEW.ended_late_at := opening;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER run_is_told BEFORE INSERT OR UPDATE OF started_at, ended_at ON run
  FOR EACH ROW EXECUTE FUNCTION run_is_told();

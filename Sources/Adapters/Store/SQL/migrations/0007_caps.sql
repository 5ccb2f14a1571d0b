-- Caps above allocations, kept in the transaction of each start; and what the centre says of money:
-- monthly release and carry-over.

-- MARK: The centre

ALTER TABLE programme
  -- Null: an allocation is released at once; else in monthly parts, with so much ahead.
  ADD COLUMN burst_basis_points bigint CHECK (burst_basis_points >= 0),
  ADD COLUMN carry_over_basis_points bigint NOT NULL DEFAULT 0
    CHECK (carry_over_basis_points BETWEEN 0 AND 10000);
ALTER TABLE allocation
  ADD COLUMN follows text REFERENCES allocation DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT follows_another CHECK (follows <> id);

-- Caps above allocations as they stand now: CapRule in the core.
CREATE TABLE cap (
  id text PRIMARY KEY,
  -- False for what follows from a funder's cap on commercial use.
  is_described boolean NOT NULL,
  scope text NOT NULL CHECK (scope IN ('member', 'project', 'programmes', 'funder', 'commercial')),
  member text,
  project text,
  programmes text[],
  funder text,
  limit_gpu_ms bigint CHECK (limit_gpu_ms >= 0),
  share_funder text,
  share_basis_points bigint CHECK (share_basis_points >= 0),
  -- Null: counted anew in each calendar year, UTC.
  window_from timestamptz,
  window_to timestamptz,
  strength text NOT NULL CHECK (strength IN ('hard', 'soft')),
  CONSTRAINT scope_in_full CHECK (
    (member IS NOT NULL) = (scope = 'member')
    AND (project IS NOT NULL) = (scope IN ('member', 'project'))
    AND (programmes IS NOT NULL) = (scope = 'programmes')
    AND (funder IS NOT NULL) = (scope IN ('funder', 'commercial'))),
  CONSTRAINT one_limit CHECK (
    num_nulls(limit_gpu_ms, share_funder) = 1
    AND num_nulls(share_funder, share_basis_points) IN (0, 2)),
  CONSTRAINT window_in_full CHECK (num_nulls(window_from, window_to) IN (0, 2))
);

-- What has been taken of each cap in each of its periods. It follows from the entries.
CREATE TABLE cap_use (
  cap text NOT NULL REFERENCES cap ON DELETE CASCADE,
  period_from timestamptz NOT NULL,
  used_gpu_ms bigint NOT NULL,
  held_gpu_ms bigint NOT NULL,
  PRIMARY KEY (cap, period_from),
  CONSTRAINT use_not_negative CHECK (used_gpu_ms >= 0 AND held_gpu_ms >= 0)
) WITH (fillfactor = 50);

-- Who bears the cost of a run, frozen when it is committed: Bearer in the core.
ALTER TABLE run
  ADD COLUMN bearer_member text,
  ADD COLUMN bearer_project text,
  ADD COLUMN bearer_programme text,
  ADD COLUMN bearer_funder text,
  ADD COLUMN bearer_commercial boolean;
ALTER TABLE run DISABLE TRIGGER USER;
UPDATE run SET bearer_member = job.member, bearer_project = job.project,
  bearer_programme = programme.id, bearer_funder = programme.funder,
  bearer_commercial = project.commercial
FROM job, project, allocation, programme
WHERE job.number = run.job AND project.id = job.project AND allocation.id = run.allocation
  AND programme.id = allocation.programme;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE run ENABLE TRIGGER USER;
ALTER TABLE run
  ALTER COLUMN bearer_member SET NOT NULL,
  ALTER COLUMN bearer_project SET NOT NULL,
  ALTER COLUMN bearer_programme SET NOT NULL,
  ALTER COLUMN bearer_funder SET NOT NULL,
  ALTER COLUMN bearer_commercial SET NOT NULL;

-- The beginning of the period of a cap that counts a hold, or null if none does.
CREATE FUNCTION cap_period(
  window_from timestamptz, window_to timestamptz, taken_at timestamptz
) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN window_from IS NULL
      THEN date_trunc('year', taken_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
    WHEN taken_at >= window_from AND taken_at < window_to THEN window_from END
$$;

-- The caps that count the runs of a bearer: CapScope.covers in the core.
CREATE FUNCTION caps_covering(
  of_member text, of_project text, of_programme text, of_funder text, is_commercial boolean
) RETURNS SETOF cap LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT cap.* FROM cap
  WHERE CASE scope
    WHEN 'member' THEN member = of_member AND project = of_project
    WHEN 'project' THEN project = of_project
    WHEN 'programmes' THEN of_programme = ANY (programmes)
    WHEN 'funder' THEN funder = of_funder
    ELSE funder = of_funder AND is_commercial END
$$;

-- What an entry adds to the use of a cap: CapUse.after in the core.
CREATE FUNCTION cap_used(kind text, amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind IN ('charge', 'debit') THEN amount
    WHEN kind IN ('refund', 'credit') THEN -amount ELSE 0 END
$$;
CREATE FUNCTION cap_held(kind text, amount bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN kind = 'hold' THEN amount
    WHEN kind IN ('charge', 'release') THEN -amount ELSE 0 END
$$;

-- A run is counted where its hold was taken, which is where it is booked.
CREATE FUNCTION ledger_entry_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  one record;
BEGIN
  IF NOT EXISTS (SELECT FROM cap) THEN
    RETURN NULL;
  END IF;
  -- In order of id, as all lock them.
  FOR one IN
    SELECT cap.id, cap_period(cap.window_from, cap.window_to, NEW.booked_at) AS period_from
    FROM run, caps_covering(bearer_member, bearer_project, bearer_programme, bearer_funder,
      bearer_commercial) AS cap
    WHERE run.job = NEW.job AND run.task_index = NEW.task_index AND run.attempt = NEW.attempt
      AND run.committed_at = NEW.booked_at
      AND cap_period(cap.window_from, cap.window_to, NEW.booked_at) IS NOT NULL
    ORDER BY cap.id
  LOOP
    INSERT INTO cap_use VALUES (one.id, one.period_from, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE cap_use SET used_gpu_ms = used_gpu_ms + cap_used(NEW.kind, NEW.amount_gpu_ms),
      held_gpu_ms = held_gpu_ms + cap_held(NEW.kind, NEW.amount_gpu_ms)
    WHERE cap = one.id AND period_from = one.period_from;
  END LOOP;
  RETURN NULL;
END
$$;
-- By its name it comes after ledger_entry_moves: balances are locked before caps.
CREATE TRIGGER ledger_entry_tallies AFTER INSERT ON ledger_entry
  FOR EACH ROW WHEN (NEW.kind IN ('hold', 'charge', 'release', 'refund', 'credit', 'debit')
    AND NEW.job IS NOT NULL)
  EXECUTE FUNCTION ledger_entry_counts();

-- The caps above runs that are about to be committed, by their place among them.
CREATE FUNCTION caps_above(of_jobs bigint[], of_allocations text[], taken_at timestamptz[])
RETURNS TABLE (place bigint, cap_id text, cap_period_from timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT given.place, cap.id, cap_period(cap.window_from, cap.window_to, given.taken)
  FROM unnest(of_jobs, of_allocations, taken_at) WITH ORDINALITY
    AS given (job, allocation, taken, place)
  JOIN job ON job.number = given.job JOIN project ON project.id = job.project
  JOIN allocation ON allocation.id = given.allocation
  JOIN programme ON programme.id = allocation.programme
  CROSS JOIN LATERAL caps_covering(
    job.member, job.project, programme.id, programme.funder, project.commercial) AS cap
  WHERE cap_period(cap.window_from, cap.window_to, given.taken) IS NOT NULL
$$;

-- Keeps what was taken of those caps as it is until the transaction ends.
CREATE FUNCTION lock_cap_uses(of_jobs bigint[], of_allocations text[], taken_at timestamptz[])
RETURNS TABLE (place bigint, cap_id text, used bigint, held bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO cap_use
  SELECT DISTINCT above.cap_id, cap_period_from, 0, 0
  FROM caps_above(of_jobs, of_allocations, taken_at) AS above ORDER BY 1, 2
  ON CONFLICT DO NOTHING;
  PERFORM FROM cap_use
  WHERE (cap, period_from) IN (
    SELECT above.cap_id, cap_period_from
    FROM caps_above(of_jobs, of_allocations, taken_at) AS above)
  ORDER BY cap, period_from FOR UPDATE;
  RETURN QUERY SELECT above.place, above.cap_id, used_gpu_ms, held_gpu_ms
  FROM caps_above(of_jobs, of_allocations, taken_at) AS above
  JOIN cap_use ON cap = above.cap_id AND period_from = cap_period_from;
END
$$;

-- Counts a cap anew from the entries. The caller holds the books alone.
CREATE FUNCTION count_cap(counted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7020530007);
  DELETE FROM cap_use WHERE cap = counted;
  INSERT INTO cap_use
  SELECT counted, cap_period(cap.window_from, cap.window_to, entry.booked_at),
    sum(cap_used(entry.kind, entry.amount_gpu_ms)), sum(cap_held(entry.kind, entry.amount_gpu_ms))
  FROM cap
  JOIN run ON (cap.scope NOT IN ('member', 'project') OR run.bearer_project = cap.project)
    AND (cap.scope <> 'member' OR run.bearer_member = cap.member)
    AND (cap.scope <> 'programmes' OR run.bearer_programme = ANY (cap.programmes))
    AND (cap.scope NOT IN ('funder', 'commercial') OR run.bearer_funder = cap.funder)
    AND (cap.scope <> 'commercial' OR run.bearer_commercial)
    AND cap_period(cap.window_from, cap.window_to, run.committed_at) IS NOT NULL
  JOIN ledger_entry AS entry ON entry.job = run.job AND entry.task_index = run.task_index
    AND entry.attempt = run.attempt AND entry.booked_at = run.committed_at
  WHERE cap.id = counted
    AND entry.kind IN ('hold', 'charge', 'release', 'refund', 'credit', 'debit')
  GROUP BY 2;
END
$$;

-- Caps that follow from what was described before.
INSERT INTO cap (id, is_described, scope, funder, share_funder, share_basis_points, strength)
SELECT 'commercial-' || id, false, 'commercial', id, id, commercial_cap_basis_points, 'hard'
FROM funder WHERE commercial_cap_basis_points IS NOT NULL AND retired_at IS NULL;
SELECT count_cap(id) FROM cap;

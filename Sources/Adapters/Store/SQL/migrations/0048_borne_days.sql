-- What runs used on each day by who bears it, kept with the entries: a cap that is described is counted from
-- it. It was counted from all runs and entries, with the books locked for everybody else meanwhile.

CREATE TABLE borne_day (
  -- Of the hold, where a cap counts a run, UTC. It stands first because a cap asks for days.
  day date NOT NULL,
  allocation text NOT NULL REFERENCES allocation,
  member text NOT NULL,
  project text NOT NULL,
  programme text NOT NULL,
  funder text NOT NULL,
  commercial boolean NOT NULL,
  -- Charges and debits less refunds and credits; zero where all was given back.
  used_gpu_ms bigint NOT NULL,
  PRIMARY KEY (day, allocation, member, project, programme, funder, commercial)
) WITH (fillfactor = 50);
-- The runs of the part of a day in which a cap begins or ends.
CREATE INDEX run_in_time ON run USING brin (committed_at) WITH (pages_per_range = 16);

-- What entries about runs add to the use of who bears them, to the day of their rate and to the day of
-- their hold: one look at each run for all.
DROP FUNCTION borne_entries();
CREATE FUNCTION borne_entries() RETURNS TABLE (
  allocation text, member text, project text, programme text, funder text, commercial boolean,
  booked_on date, ended_on date, day date, partition text, rate_version bigint,
  used_gpu_ms bigint, delivered_gpu_ms bigint
) LANGUAGE sql STABLE AS $$
  SELECT entry.allocation, bearer_member, bearer_project, bearer_programme, bearer_funder,
    bearer_commercial, (entry.booked_at AT TIME ZONE 'UTC')::date,
    use_day_of(coalesce(run.ended_at, effective_at)), (effective_at AT TIME ZONE 'UTC')::date,
    coalesce(run.partition, job.partition), rate_version,
    sum(use_of(entry.kind, entry.amount_gpu_ms))::bigint,
    sum(day_delivered(entry.kind, entry.job, entry.amount_gpu_ms))::bigint
  FROM ledger_entry AS entry
  JOIN run ON run.job = entry.job AND run.task_index = entry.task_index
    AND run.attempt = entry.attempt AND run.committed_at = entry.booked_at
  JOIN job ON job.number = entry.job
  WHERE entry.kind IN ('charge', 'overrun', 'refund', 'credit', 'debit')
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
$$;
INSERT INTO borne_day
SELECT booked_on, allocation, member, project, programme, funder, commercial, sum(delivered_gpu_ms)
FROM borne_entries() WHERE delivered_gpu_ms IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- The rows of an allocation are kept from being written by two at once by its balance, which is locked
-- before.
CREATE OR REPLACE FUNCTION ledger_entry_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH about_runs AS MATERIALIZED (
    SELECT posted.allocation, posted.kind, posted.job, posted.amount_gpu_ms, effective_at, booked_at,
      borne.*
    FROM posted
    CROSS JOIN LATERAL (
      -- LIMIT keeps the planner from another way than to look each up in its month.
      SELECT bearer_member, bearer_project, bearer_programme, bearer_funder, bearer_commercial,
        ended_at, rate_version,
        coalesce(run.partition, (SELECT job.partition FROM job WHERE number = run.job)) AS partition
      FROM run
      WHERE run.job = posted.job AND run.task_index = posted.task_index
        AND run.attempt = posted.attempt AND run.committed_at = posted.booked_at
      LIMIT 1) AS borne
    WHERE posted.kind IN ('charge', 'overrun', 'refund', 'credit', 'debit')
      AND posted.job IS NOT NULL),
  used AS (
    INSERT INTO use_day AS standing
      (allocation, member, project, programme, funder, day, used_gpu_ms)
    SELECT allocation, bearer_member, bearer_project, bearer_programme, bearer_funder,
      use_day_of(coalesce(ended_at, effective_at)), sum(use_of(kind, amount_gpu_ms))
    FROM about_runs
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (allocation, member, project, programme, funder, day) DO UPDATE SET
      used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms, changed_by = excluded.changed_by),
  borne AS (
    INSERT INTO borne_day AS standing
    SELECT (booked_at AT TIME ZONE 'UTC')::date, allocation, bearer_member, bearer_project,
      bearer_programme, bearer_funder, bearer_commercial,
      sum(day_delivered(kind, job, amount_gpu_ms))
    FROM about_runs WHERE kind <> 'overrun'
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (day, allocation, member, project, programme, funder, commercial) DO UPDATE SET
      used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms)
  INSERT INTO rated_day AS standing
  SELECT (effective_at AT TIME ZONE 'UTC')::date, allocation, partition, rate_version,
    sum(day_delivered(kind, job, amount_gpu_ms))
  FROM about_runs WHERE kind <> 'overrun'
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (day, allocation, partition, rate_version) DO UPDATE SET
    delivered_gpu_ms = standing.delivered_gpu_ms + excluded.delivered_gpu_ms;
  RETURN NULL;
END
$$;

-- Whether a cap counts the runs of a bearer: CapScope.covers in the core.
CREATE FUNCTION cap_covers(
  cap cap, of_member text, of_project text, of_programme text, of_funder text, is_commercial boolean
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE cap.scope
    WHEN 'member' THEN cap.member = of_member AND cap.project = of_project
    WHEN 'project' THEN cap.project = of_project
    WHEN 'programmes' THEN of_programme = ANY (cap.programmes)
    WHEN 'funder' THEN cap.funder = of_funder
    ELSE cap.funder = of_funder AND is_commercial END
$$;

-- Counts a cap anew: what was used, from whole days and from the runs of the parts of days at the ends
-- of its window; what is held, from the runs under way. The caller holds the books alone.
CREATE OR REPLACE FUNCTION count_cap(counted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  rule cap;
  first_day date;
  last_day date;
  parts tstzrange[] := '{}';
  part tstzrange;
BEGIN
  PERFORM pg_advisory_xact_lock(7020530007);
  SELECT cap.* INTO STRICT rule FROM cap WHERE id = counted;
  IF rule.window_from IS NOT NULL THEN
    -- Whole days are those from first_day on, before last_day; there may be none.
    last_day := (rule.window_to AT TIME ZONE 'UTC')::date;
    first_day := (rule.window_from AT TIME ZONE 'UTC' + interval '1 day' - interval '1 microsecond')::date;
    part := tstzrange(rule.window_from,
      least(first_day::timestamp AT TIME ZONE 'UTC', rule.window_to));
    parts := ARRAY[part, tstzrange(
      greatest(last_day::timestamp AT TIME ZONE 'UTC', upper(part), rule.window_from),
      rule.window_to)];
  END IF;
  DELETE FROM cap_use WHERE cap = counted;
  INSERT INTO cap_use
  SELECT counted, cap_period(rule.window_from, rule.window_to, taken_at), sum(used), sum(held)
  FROM (
    SELECT day::timestamp AT TIME ZONE 'UTC' AS taken_at, used_gpu_ms AS used, 0 AS held
    FROM borne_day
    WHERE (first_day IS NULL OR day >= first_day AND day < last_day)
      AND cap_covers(rule, member, project, programme, funder, commercial)
    UNION ALL
    SELECT run.committed_at, 0, open_run.hold_gpu_ms
    FROM open_run
    CROSS JOIN LATERAL (
      SELECT committed_at, bearer_member, bearer_project, bearer_programme, bearer_funder,
        bearer_commercial
      FROM run
      WHERE run.job = open_run.job AND run.task_index = open_run.task_index
        AND run.attempt = open_run.attempt AND run.committed_at = open_run.committed_at
      LIMIT 1) AS run
    WHERE open_run.hold_gpu_ms > 0
      AND cap_covers(rule, bearer_member, bearer_project, bearer_programme, bearer_funder,
        bearer_commercial)) AS taken
  WHERE cap_period(rule.window_from, rule.window_to, taken_at) IS NOT NULL
  GROUP BY 2;
  FOREACH part IN ARRAY parts LOOP
    CONTINUE WHEN isempty(part);
    INSERT INTO cap_use AS standing
    SELECT counted, rule.window_from, sum(taken.used), 0
    FROM run
    CROSS JOIN LATERAL (
      -- A sum keeps the planner from another way than to look each run's entries up in their month.
      SELECT sum(cap_used(entry.kind, entry.amount_gpu_ms)) AS used FROM ledger_entry AS entry
      WHERE entry.job = run.job AND entry.task_index = run.task_index
        AND entry.attempt = run.attempt AND entry.booked_at = run.committed_at
        AND entry.kind IN ('charge', 'refund', 'credit', 'debit')) AS taken
    WHERE run.committed_at >= lower(part) AND run.committed_at < upper(part)
      AND cap_covers(rule, bearer_member, bearer_project, bearer_programme, bearer_funder,
        bearer_commercial)
    HAVING sum(taken.used) IS NOT NULL
    ON CONFLICT (cap, period_from) DO UPDATE SET
      used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms;
  END LOOP;
END
$$;

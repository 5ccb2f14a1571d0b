-- What was delivered on each day by the version of the rate card that priced it, kept with the entries: what
-- a quarter of ten million jobs is worth is told from a few thousand rows, and not from a join of every
-- charge with its run and its job.

CREATE TABLE rated_day (
  -- Of effective_at, UTC. It stands first because a report asks for days.
  day date NOT NULL,
  allocation text NOT NULL REFERENCES allocation,
  -- That in which the run was, whose card has the version.
  partition text NOT NULL,
  rate_version bigint NOT NULL,
  -- Charges and debits less refunds and credits; zero where all was given back.
  delivered_gpu_ms bigint NOT NULL,
  PRIMARY KEY (day, allocation, partition, rate_version)
) WITH (fillfactor = 50);

-- What entries about runs add to the use of who bears them and to the day of their rate: one look at
-- each run for both.
CREATE FUNCTION borne_entries() RETURNS TABLE (
  allocation text, member text, project text, programme text, funder text, ended_on date, day date,
  partition text, rate_version bigint, used_gpu_ms bigint, delivered_gpu_ms bigint
) LANGUAGE sql STABLE AS $$
  SELECT entry.allocation, bearer_member, bearer_project, bearer_programme, bearer_funder,
    use_day_of(coalesce(run.ended_at, effective_at)), (effective_at AT TIME ZONE 'UTC')::date,
    coalesce(run.partition, job.partition), rate_version,
    sum(use_of(entry.kind, entry.amount_gpu_ms))::bigint,
    sum(day_delivered(entry.kind, entry.job, entry.amount_gpu_ms))::bigint
  FROM ledger_entry AS entry
  JOIN run ON run.job = entry.job AND run.task_index = entry.task_index
    AND run.attempt = entry.attempt AND run.committed_at = entry.booked_at
  JOIN job ON job.number = entry.job
  WHERE entry.kind IN ('charge', 'overrun', 'refund', 'credit', 'debit')
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
$$;
INSERT INTO rated_day
SELECT day, allocation, partition, rate_version, sum(delivered_gpu_ms) FROM borne_entries()
WHERE delivered_gpu_ms IS NOT NULL GROUP BY 1, 2, 3, 4;
DROP FUNCTION count_use();

-- The rows of an allocation are kept from being written by two at once by its balance, which is locked
-- before.
CREATE OR REPLACE FUNCTION ledger_entry_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH about_runs AS MATERIALIZED (
    SELECT posted.allocation, posted.kind, posted.job, posted.amount_gpu_ms, effective_at, borne.*
    FROM posted
    CROSS JOIN LATERAL (
      -- LIMIT keeps the planner from another way than to look each up in its month.
      SELECT bearer_member, bearer_project, bearer_programme, bearer_funder, ended_at, rate_version,
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
      used_gpu_ms = standing.used_gpu_ms + excluded.used_gpu_ms, changed_by = excluded.changed_by)
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

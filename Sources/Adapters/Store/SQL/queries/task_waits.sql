-- How long tasks waited for their first run, of those whose first run was committed in a period and began:
-- by month and access mode, by month, by access mode, and in all. Of jobs that wait for others, or for other
-- tasks of their array, it is not known since when they were eligible (Waits in the core). The period's
-- months of runs are read, and the jobs of these. What was recorded of a start when its month was closed
-- counts when that says (0054), and starts are as they were told first.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – its end, not included
-- $3: timestamptz[] – month's begin, one element for each programme in each month
-- $4: text[] – programme
-- $5: text[] – its mode in that month
-- $6: text[] – programme, one element for each
-- $7: text[] – its mode in the period
-- Returns: month (null for the period), mode (null for all), tasks, known, median_ms, p95_ms (null if none is
-- known)
WITH in_month AS MATERIALIZED (
  SELECT month, programme, mode
  FROM unnest($3::timestamptz[], $4::text[], $5::text[]) AS given (month, programme, mode)),
in_all AS MATERIALIZED (
  SELECT programme, mode FROM unnest($6::text[], $7::text[]) AS given (programme, mode)),
told AS (
  SELECT job, task_index, attempt, bearer_programme, begun_late_at,
    coalesce(first_started_at, started_at) AS began_at, committed_at AS counted_at
  FROM run
  WHERE committed_at >= $1 AND committed_at < $2 AND started_at IS NOT NULL
    AND begun_late_at IS NULL
  UNION ALL
  SELECT job, task_index, attempt, bearer_programme, begun_late_at,
    coalesce(first_started_at, started_at), begun_late_at
  FROM run
  WHERE begun_late_at >= $1 AND begun_late_at < $2),
begun AS (
  SELECT date_trunc('month', counted_at, 'UTC') AS month, bearer_programme AS programme,
    CASE WHEN NOT job.is_singleton
      AND coalesce(job.array_throttle >= cardinality(job.array_indices), true)
      AND NOT EXISTS (SELECT FROM job_dependency WHERE job_dependency.job = job.number)
    THEN greatest(0, (date_part('epoch',
      began_at - greatest(job.submitted_at, job.not_before)) * 1000)::bigint) END AS wait_ms
  FROM told JOIN job ON job.number = told.job
  WHERE job.origin <> 'adopted'
    AND (attempt = 1 AND begun_late_at IS NULL OR NOT EXISTS (
      SELECT FROM run AS other
      WHERE other.job = told.job AND other.task_index = told.task_index
        AND other.started_at IS NOT NULL
        AND (coalesce(other.begun_late_at, other.committed_at), other.attempt)
          < (told.counted_at, told.attempt)))),
counted AS (
  SELECT begun.month, coalesce(in_month.mode, begun.programme) AS mode,
    coalesce(in_all.mode, begun.programme) AS mode_in_all, wait_ms
  FROM begun
  LEFT JOIN in_month ON in_month.month = begun.month AND in_month.programme = begun.programme
  LEFT JOIN in_all ON in_all.programme = begun.programme)
SELECT month, mode, tasks, known, quantiles[1] AS median_ms, quantiles[2] AS p95_ms
FROM (
  SELECT month, coalesce(mode, mode_in_all) AS mode, count(*) AS tasks, count(wait_ms) AS known,
    percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY wait_ms) AS quantiles
  FROM counted
  GROUP BY GROUPING SETS ((month, mode), (month), (mode_in_all), ())
) AS told
ORDER BY month NULLS LAST, mode NULLS LAST

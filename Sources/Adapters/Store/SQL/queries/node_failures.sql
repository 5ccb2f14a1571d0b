-- The runs that ended in a period because a node failed, and that were committed no longer before their end
-- than is given: so much of history before the period is read. One that was known later than it ended counts
-- then. What was recorded when its month was closed
-- counts when that says (0054).
-- $1: timestamptz – the period's begin
-- $2: timestamptz – its end, not included
-- $3: bigint – seconds from being committed to the end, at most
-- Returns: month, programme, runs
SELECT date_trunc('month', counted_at, 'UTC') AS month, programme, count(*) AS runs
FROM (
  SELECT greatest(ended_at, committed_at) AS counted_at, bearer_programme AS programme
  FROM run
  WHERE committed_at >= $1::timestamptz - make_interval(secs => $3::bigint) AND committed_at < $2
    AND greatest(ended_at, committed_at) >= $1 AND ended_at < $2
    AND ended_at <= committed_at + make_interval(secs => $3::bigint)
    AND outcome = 'node-failed' AND ended_late_at IS NULL
  UNION ALL
  SELECT ended_late_at, bearer_programme
  FROM run
  WHERE ended_late_at >= $1 AND ended_late_at < $2
    AND ended_at <= committed_at + make_interval(secs => $3::bigint)
    AND outcome = 'node-failed') AS counted
GROUP BY 1, 2 ORDER BY 1, 2

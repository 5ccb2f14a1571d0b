-- The runs that ended in a period because a node failed, and that were committed no longer before their end
-- than is given: so much of history before the period is read.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – its end, not included
-- $3: bigint – seconds from being committed to the end, at most
-- Returns: month, programme, runs
SELECT date_trunc('month', ended_at, 'UTC') AS month, bearer_programme AS programme,
  count(*) AS runs
FROM run
WHERE committed_at >= $1::timestamptz - make_interval(secs => $3::bigint) AND committed_at < $2
  AND ended_at >= $1 AND ended_at < $2 AND ended_at <= committed_at + make_interval(secs => $3::bigint)
  AND outcome = 'node-failed'
GROUP BY 1, 2 ORDER BY 1, 2

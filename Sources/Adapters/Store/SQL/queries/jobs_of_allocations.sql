-- How many jobs had a run that was committed in a period, and began, by the allocation it was held from. What
-- was recorded when its month was closed counts when that says (0054). The period's months of runs are read.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – its end, not included
-- Returns: allocation, jobs
SELECT allocation, count(*) AS jobs
FROM (
  SELECT allocation, job FROM run
  WHERE committed_at >= $1 AND committed_at < $2 AND started_at IS NOT NULL
    AND begun_late_at IS NULL
  UNION
  SELECT allocation, job FROM run WHERE begun_late_at >= $1 AND begun_late_at < $2) AS begun
GROUP BY allocation ORDER BY allocation

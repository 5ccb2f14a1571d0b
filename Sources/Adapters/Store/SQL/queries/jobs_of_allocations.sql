-- How many jobs had a run that was committed in a period, and began, by the allocation it was held from. The
-- period's months of runs are read.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – its end, not included
-- Returns: allocation, jobs
SELECT allocation, count(*) AS jobs
FROM (
  SELECT DISTINCT allocation, job FROM run
  WHERE committed_at >= $1 AND committed_at < $2 AND started_at IS NOT NULL) AS begun
GROUP BY allocation ORDER BY allocation

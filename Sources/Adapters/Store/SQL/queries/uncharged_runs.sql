-- How many runs began before a moment and are under way: what they used before it is not in the books.
-- $1: timestamptz – the moment
-- Returns: count
SELECT count(*) AS count FROM open_run
CROSS JOIN LATERAL (
  -- LIMIT keeps the planner from another way than to look each up in its month.
  SELECT coalesce(started_at, committed_at) AS began FROM run
  WHERE run.job = open_run.job AND run.task_index = open_run.task_index
    AND run.attempt = open_run.attempt AND run.committed_at = open_run.committed_at
  LIMIT 1
) AS run
WHERE open_run.committed_at < $1 AND began < $1

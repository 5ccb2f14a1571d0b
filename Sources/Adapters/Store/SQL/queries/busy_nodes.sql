-- Nodes that runs occupy.
-- Returns: node
SELECT DISTINCT unnest(nodes) AS node
FROM open_run
CROSS JOIN LATERAL (
  SELECT nodes FROM run
  WHERE run.job = open_run.job AND run.task_index = open_run.task_index
    AND run.attempt = open_run.attempt AND run.committed_at = open_run.committed_at
  LIMIT 1
) AS run

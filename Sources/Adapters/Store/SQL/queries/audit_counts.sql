-- How much is open.
-- Returns: open_holds, waiting_tasks, running_tasks: those with a run under way
SELECT (SELECT count(*) FROM open_run WHERE hold_gpu_ms > 0) AS open_holds,
  count(*) FILTER (WHERE state = 'waiting') AS waiting_tasks,
  count(*) FILTER (WHERE state IN ('starting', 'running')) AS running_tasks
FROM task WHERE state <> 'ended'

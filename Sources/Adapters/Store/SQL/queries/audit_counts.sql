-- How much is open.
-- Returns: open_holds, waiting_tasks, running_tasks: those with a run under way
SELECT (
    SELECT count(*) FROM ledger_entry AS hold
    WHERE kind = 'hold' AND NOT EXISTS (
      SELECT FROM ledger_entry AS closing
      WHERE (closing.job, closing.task_index, closing.attempt)
          = (hold.job, hold.task_index, hold.attempt)
        AND closing.kind IN ('charge', 'release'))) AS open_holds,
  count(*) FILTER (WHERE state = 'waiting') AS waiting_tasks,
  count(*) FILTER (WHERE state IN ('starting', 'running')) AS running_tasks
FROM task WHERE state <> 'ended'

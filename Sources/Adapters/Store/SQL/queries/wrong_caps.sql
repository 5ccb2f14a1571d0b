-- Caps whose use does not follow from the entries.
-- Returns: cap, in order
WITH summed AS (
  SELECT cap.id AS cap, cap_period(cap.window_from, cap.window_to, entry.booked_at) AS period_from,
    sum(cap_used(entry.kind, entry.amount_gpu_ms)) AS used,
    sum(cap_held(entry.kind, entry.amount_gpu_ms)) AS held
  FROM cap JOIN run ON CASE scope
    WHEN 'member' THEN member = bearer_member AND project = bearer_project
    WHEN 'project' THEN project = bearer_project
    WHEN 'programmes' THEN bearer_programme = ANY (programmes)
    WHEN 'funder' THEN funder = bearer_funder
    ELSE funder = bearer_funder AND bearer_commercial END
  JOIN ledger_entry AS entry ON entry.job = run.job AND entry.task_index = run.task_index
    AND entry.attempt = run.attempt AND entry.booked_at = run.committed_at
  WHERE entry.kind IN ('hold', 'charge', 'release', 'refund', 'credit', 'debit')
    AND cap_period(cap.window_from, cap.window_to, entry.booked_at) IS NOT NULL
  GROUP BY 1, 2)
SELECT DISTINCT cap FROM summed FULL JOIN cap_use USING (cap, period_from)
WHERE (coalesce(used, 0), coalesce(held, 0))
  IS DISTINCT FROM (coalesce(used_gpu_ms, 0)::numeric, coalesce(held_gpu_ms, 0)::numeric)
ORDER BY cap

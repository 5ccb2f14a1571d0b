-- Charges and openings of which more was given back than is left, corrections of what is not there or
-- is another run's, and transfers of which one half says other than the other.
-- Returns: what, in order
WITH given AS (
  SELECT corrects, job, task_index, attempt, allocation,
    sum(CASE kind WHEN 'debit' THEN -amount_gpu_ms ELSE amount_gpu_ms END) AS back_gpu_ms
  FROM ledger_entry WHERE corrects IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5)
SELECT format('more was given back of entry %s than it charged', given.corrects) AS what
FROM given LEFT JOIN ledger_entry AS standing ON standing.id = given.corrects
  AND standing.kind IN ('charge', 'opening') AND standing.allocation = given.allocation
  AND (standing.job, standing.task_index, standing.attempt)
    IS NOT DISTINCT FROM (given.job, given.task_index, given.attempt)
WHERE back_gpu_ms > coalesce(standing.amount_gpu_ms, 0)
UNION ALL
SELECT format('transfer %s leaves one allocation and does not enter another alike', act)
FROM (
  SELECT regexp_replace(id, ':(out|in)$', '') AS act, kind, amount_gpu_ms FROM ledger_entry
  WHERE kind IN ('transfer-out', 'transfer-in')) AS half
GROUP BY act
HAVING sum(CASE kind WHEN 'transfer-out' THEN amount_gpu_ms ELSE -amount_gpu_ms END) <> 0
ORDER BY what

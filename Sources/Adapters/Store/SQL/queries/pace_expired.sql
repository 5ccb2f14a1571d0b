-- What had expired of allocations by a moment: what has expired in all, less what is effective later.
-- $1: text[] – allocations
-- $2: timestamptz – the moment
-- Returns: allocation, expired_gpu_ms (not zero)
SELECT allocation, (expired_gpu_ms - coalesce(of_runs.later, 0) - coalesce(of_none.later, 0))::bigint
  AS expired_gpu_ms
FROM allocation_balance AS balance
CROSS JOIN LATERAL (
  SELECT sum(amount_gpu_ms) AS later FROM ledger_entry AS entry
  WHERE entry.allocation = balance.allocation AND effective_at >= $2
    AND job IS NOT NULL AND kind = 'expiry') AS of_runs
CROSS JOIN LATERAL (
  SELECT sum(amount_gpu_ms) AS later FROM ledger_act AS act
  CROSS JOIN LATERAL (
    -- LIMIT keeps the planner from another way than to look each up in its month.
    SELECT job, effective_at, amount_gpu_ms FROM ledger_entry AS entry
    WHERE entry.id = act.id AND entry.booked_at = act.booked_at LIMIT 1
  ) AS posted
  WHERE act.allocation = balance.allocation AND act.kind = 'expiry' AND job IS NULL
    AND effective_at >= $2) AS of_none
WHERE allocation = ANY ($1) AND expired_gpu_ms > 0
  AND expired_gpu_ms - coalesce(of_runs.later, 0) - coalesce(of_none.later, 0) <> 0

-- Allocations whose balance, days or use do not follow from their entries, or that are below zero.
-- Returns: allocation, in order
WITH summed AS (
  SELECT allocation,
    sum(CASE kind WHEN 'grant' THEN amount_gpu_ms WHEN 'withdrawal' THEN -amount_gpu_ms ELSE 0 END)
      AS granted,
    sum(CASE kind WHEN 'transfer-in' THEN amount_gpu_ms ELSE 0 END) AS transferred_in,
    sum(CASE kind WHEN 'transfer-out' THEN amount_gpu_ms ELSE 0 END) AS transferred_out,
    sum(CASE WHEN kind IN ('opening', 'charge', 'debit') THEN amount_gpu_ms ELSE 0 END) AS charged,
    sum(CASE WHEN kind IN ('refund', 'credit') THEN amount_gpu_ms ELSE 0 END) AS refunded,
    sum(CASE kind WHEN 'expiry' THEN amount_gpu_ms ELSE 0 END) AS expired,
    sum(CASE WHEN kind = 'hold' THEN amount_gpu_ms
      WHEN kind IN ('charge', 'release') THEN -amount_gpu_ms ELSE 0 END) AS held,
    sum(CASE kind WHEN 'deferral' THEN amount_gpu_ms WHEN 'instalment' THEN -amount_gpu_ms
      ELSE 0 END) AS deferred,
    sum(CASE kind WHEN 'overrun' THEN amount_gpu_ms ELSE 0 END) AS overrun
  FROM ledger_entry GROUP BY allocation),
summed_days AS (
  SELECT allocation, (effective_at AT TIME ZONE 'UTC')::date AS day,
    (recorded_at AT TIME ZONE 'UTC')::date AS recorded_on, count(*) AS entries,
    sum(day_delivered(kind, job, amount_gpu_ms)) AS delivered, sum(granted) AS granted,
    sum(transferred_in) AS transferred_in, sum(transferred_out) AS transferred_out,
    sum(charged) AS charged, sum(refunded) AS refunded, sum(expired) AS expired,
    sum(held) AS held, sum(deferred) AS deferred, sum(overrun) AS overrun
  FROM ledger_entry CROSS JOIN LATERAL moves_of(kind, amount_gpu_ms)
  GROUP BY 1, 2, 3),
borne AS MATERIALIZED (
  SELECT allocation, member, project, programme, funder, commercial, booked_on, ended_on, day,
    partition, rate_version, used_gpu_ms, delivered_gpu_ms
  FROM borne_entries()),
used AS (
  SELECT allocation, member, project, programme, funder, ended_on AS day, sum(used_gpu_ms) AS used
  FROM borne GROUP BY 1, 2, 3, 4, 5, 6),
rated AS (
  SELECT day, allocation, partition, rate_version, sum(delivered_gpu_ms) AS delivered FROM borne
  WHERE delivered_gpu_ms IS NOT NULL GROUP BY 1, 2, 3, 4),
taken AS (
  SELECT booked_on AS day, allocation, member, project, programme, funder, commercial,
    sum(delivered_gpu_ms) AS taken
  FROM borne WHERE delivered_gpu_ms IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7)
SELECT allocation
FROM summed FULL JOIN allocation_balance AS kept USING (allocation)
WHERE (granted, transferred_in, transferred_out, charged, refunded, expired, held, deferred, overrun)
    IS DISTINCT FROM (
    granted_gpu_ms::numeric, transferred_in_gpu_ms::numeric, transferred_out_gpu_ms::numeric,
    charged_gpu_ms::numeric, refunded_gpu_ms::numeric, expired_gpu_ms::numeric,
    held_gpu_ms::numeric, deferred_gpu_ms::numeric, overrun_gpu_ms::numeric)
  OR granted + transferred_in - transferred_out - charged + refunded - expired - held - deferred < 0
  OR taken_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM ledger_entry AS entry
    WHERE entry.allocation = kept.allocation AND effective_at = taken_at
      AND effective_at <= recorded_at
      AND (kind IN ('withdrawal', 'opening', 'deferral', 'transfer-out', 'debit', 'expiry')
        OR kind = 'hold' AND part > 0))
UNION
SELECT allocation
FROM summed_days AS summed FULL JOIN allocation_day AS kept USING (allocation, day, recorded_on)
WHERE (summed.entries, delivered, granted, transferred_in, transferred_out, charged, refunded, expired,
    held, deferred, overrun) IS DISTINCT FROM (
    kept.entries, delivered_gpu_ms::numeric, granted_gpu_ms::numeric,
    transferred_in_gpu_ms::numeric, transferred_out_gpu_ms::numeric, charged_gpu_ms::numeric,
    refunded_gpu_ms::numeric, expired_gpu_ms::numeric, held_gpu_ms::numeric,
    deferred_gpu_ms::numeric, overrun_gpu_ms::numeric)
UNION
SELECT allocation
FROM (
  SELECT allocation, sum(granted_gpu_ms) AS granted, sum(transferred_in_gpu_ms) AS transferred_in,
    sum(transferred_out_gpu_ms) AS transferred_out, sum(charged_gpu_ms) AS charged,
    sum(refunded_gpu_ms) AS refunded, sum(expired_gpu_ms) AS expired, sum(held_gpu_ms) AS held,
    sum(deferred_gpu_ms) AS deferred, sum(overrun_gpu_ms) AS overrun
  FROM allocation_day GROUP BY allocation) AS all_days
FULL JOIN allocation_balance AS kept USING (allocation)
WHERE (granted, transferred_in, transferred_out, charged, refunded, expired, held, deferred, overrun)
    IS DISTINCT FROM (
    granted_gpu_ms::numeric, transferred_in_gpu_ms::numeric, transferred_out_gpu_ms::numeric,
    charged_gpu_ms::numeric, refunded_gpu_ms::numeric, expired_gpu_ms::numeric,
    held_gpu_ms::numeric, deferred_gpu_ms::numeric, overrun_gpu_ms::numeric)
UNION
SELECT allocation
FROM use_day FULL JOIN used USING (allocation, member, project, programme, funder, day)
WHERE coalesce(used_gpu_ms, 0) <> coalesce(used, 0)
UNION
SELECT allocation
FROM rated_day FULL JOIN rated USING (day, allocation, partition, rate_version)
WHERE delivered IS DISTINCT FROM delivered_gpu_ms::numeric
UNION
SELECT allocation
FROM borne_day
FULL JOIN taken USING (day, allocation, member, project, programme, funder, commercial)
WHERE taken IS DISTINCT FROM used_gpu_ms::numeric
ORDER BY allocation

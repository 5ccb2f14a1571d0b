-- Sums of the ledger for an access-time report: whole days as they are kept, and the entries of the
-- parts of days at both ends.
-- $1: timestamptz – the period's begin
-- $2: timestamptz – as of, not included
-- Returns: allocation, delivered_gpu_ms, used_gpu_ms, granted_gpu_ms; null where nothing was
WITH bounds AS (
  SELECT date_trunc('day', $1::timestamptz + interval '1 day' - interval '1 microsecond', 'UTC')
      AS whole_from,
    date_trunc('day', $2::timestamptz, 'UTC') AS whole_to),
days AS (
  SELECT allocation,
    sum(delivered_gpu_ms) FILTER (
      WHERE day >= (SELECT (whole_from AT TIME ZONE 'UTC')::date FROM bounds)) AS delivered,
    sum(charged_gpu_ms - refunded_gpu_ms) AS used,
    sum(granted_gpu_ms + transferred_in_gpu_ms - transferred_out_gpu_ms) AS granted
  FROM allocation_day
  WHERE day < (SELECT (whole_to AT TIME ZONE 'UTC')::date FROM bounds)
  GROUP BY allocation),
edges AS (
  SELECT allocation,
    sum(day_delivered(kind, job, amount_gpu_ms)) FILTER (
      WHERE effective_at >= $1 AND effective_at < $2
        AND NOT (effective_at >= (SELECT whole_from FROM bounds)
          AND effective_at < (SELECT whole_to FROM bounds))) AS delivered,
    sum(charged - refunded) FILTER (
      WHERE effective_at >= (SELECT whole_to FROM bounds) AND effective_at < $2) AS used,
    sum(entry.granted + transferred_in - transferred_out) FILTER (
      WHERE effective_at >= (SELECT whole_to FROM bounds) AND effective_at < $2) AS granted
  FROM ledger_entry CROSS JOIN LATERAL moves_of(kind, amount_gpu_ms) AS entry
  WHERE effective_at >= (SELECT whole_to FROM bounds) AND effective_at < $2
    OR effective_at >= $1 AND effective_at < (SELECT least(whole_from, $2) FROM bounds)
  GROUP BY allocation)
SELECT allocation,
  coalesce(days.delivered + edges.delivered, days.delivered, edges.delivered)::bigint
    AS delivered_gpu_ms,
  nullif(coalesce(days.used, 0) + coalesce(edges.used, 0), 0)::bigint AS used_gpu_ms,
  nullif(coalesce(days.granted, 0) + coalesce(edges.granted, 0), 0)::bigint AS granted_gpu_ms
FROM days FULL JOIN edges USING (allocation)

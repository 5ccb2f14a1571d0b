-- What was booked, by kind.
-- Returns: kind, entries, total_gpu_ms: as text, since it is beyond bigint after a long time
SELECT kind, count(*) AS entries, sum(amount_gpu_ms)::text AS total_gpu_ms
FROM ledger_entry GROUP BY kind ORDER BY kind

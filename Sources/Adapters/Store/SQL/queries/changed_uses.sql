-- What was used by day, as far as it was written by a transaction or later ones.
-- $1: bigint – the transaction
-- $2: date – and on this day or later
-- Returns: allocation, member, project, programme, funder, day, used_gpu_ms
SELECT allocation, member, project, programme, funder, day, used_gpu_ms
FROM use_day WHERE changed_by >= $1 AND day >= $2

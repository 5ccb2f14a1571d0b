-- Allocations.
-- $1: bool – also what has left the description
-- Returns: id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows
SELECT id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows
FROM allocation WHERE $1 OR retired_at IS NULL

-- Allocations.
-- $1: bool – also what has left the description
-- Returns: id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows,
-- suspended_at, policy_at_end, policy_at_exhaustion, policy_signal, policy_ahead_seconds,
-- policy_overrun_gpu_ms
SELECT id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows,
  suspended_at, policy_at_end, policy_at_exhaustion, policy_signal, policy_ahead_seconds,
  policy_overrun_gpu_ms
FROM allocation WHERE $1 OR retired_at IS NULL

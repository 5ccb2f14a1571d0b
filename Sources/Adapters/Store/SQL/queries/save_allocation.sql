-- Describes an allocation. What is left of it stands in the ledger alone.
-- $1: text – id
-- $2: text – project
-- $3: text – programme
-- $4: bigint – granted_gpu_ms
-- $5: timestamptz – window_from
-- $6: timestamptz – window_to
-- $7: bigint – opening_gpu_ms
-- $8: text – follows, or null
-- $9: timestamptz – suspended_at, or null
-- $10: text – policy_at_end, or null like the rest for the programme's
-- $11: text – policy_at_exhaustion
-- $12: text – policy_signal
-- $13: bigint – policy_ahead_seconds
-- $14: bigint – policy_overrun_gpu_ms
-- Returns: nothing
INSERT INTO allocation (
  id, project, programme, granted_gpu_ms, window_from, window_to, opening_gpu_ms, follows,
  suspended_at, policy_at_end, policy_at_exhaustion, policy_signal, policy_ahead_seconds,
  policy_overrun_gpu_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (id) DO UPDATE SET
  project = excluded.project, programme = excluded.programme,
  granted_gpu_ms = excluded.granted_gpu_ms, window_from = excluded.window_from,
  window_to = excluded.window_to, opening_gpu_ms = excluded.opening_gpu_ms,
  follows = excluded.follows, suspended_at = excluded.suspended_at,
  policy_at_end = excluded.policy_at_end, policy_at_exhaustion = excluded.policy_at_exhaustion,
  policy_signal = excluded.policy_signal, policy_ahead_seconds = excluded.policy_ahead_seconds,
  policy_overrun_gpu_ms = excluded.policy_overrun_gpu_ms, retired_at = NULL

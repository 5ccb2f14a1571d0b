-- Describes a programme.
-- $1: text – id
-- $2: text – name
-- $3: text – funder
-- $4: text – mode
-- $5: bigint – least_gpu_ms
-- $6: bigint – most_gpu_ms
-- $7: bigint – maximum_months
-- $8: text – demand
-- $9: bigint – access_working_days
-- $10: bigint – burst_basis_points, or null where all is released at once
-- $11: bigint – carry_over_basis_points
-- $12: text – policy_at_end
-- $13: text – policy_at_exhaustion
-- $14: text – policy_signal
-- $15: bigint – policy_ahead_seconds
-- $16: bigint – policy_overrun_gpu_ms
-- $17: bigint[] – pace_basis_points
-- $18: bigint – under_use_below_basis_points
-- $19: bigint – under_use_after_basis_points
-- Returns: nothing
INSERT INTO programme (
  id, name, funder, mode, least_gpu_ms, most_gpu_ms, maximum_months, demand,
  access_working_days, burst_basis_points, carry_over_basis_points, policy_at_end,
  policy_at_exhaustion, policy_signal, policy_ahead_seconds, policy_overrun_gpu_ms,
  pace_basis_points, under_use_below_basis_points, under_use_after_basis_points)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
  $19)
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, funder = excluded.funder, mode = excluded.mode,
  least_gpu_ms = excluded.least_gpu_ms, most_gpu_ms = excluded.most_gpu_ms,
  maximum_months = excluded.maximum_months, demand = excluded.demand,
  access_working_days = excluded.access_working_days,
  burst_basis_points = excluded.burst_basis_points,
  carry_over_basis_points = excluded.carry_over_basis_points,
  policy_at_end = excluded.policy_at_end, policy_at_exhaustion = excluded.policy_at_exhaustion,
  policy_signal = excluded.policy_signal, policy_ahead_seconds = excluded.policy_ahead_seconds,
  policy_overrun_gpu_ms = excluded.policy_overrun_gpu_ms,
  pace_basis_points = excluded.pace_basis_points,
  under_use_below_basis_points = excluded.under_use_below_basis_points,
  under_use_after_basis_points = excluded.under_use_after_basis_points, retired_at = NULL

-- Programmes.
-- $1: bool – also what has left the description
-- Returns: id, name, funder, mode, least_gpu_ms, most_gpu_ms, maximum_months, demand,
-- access_working_days, burst_basis_points, carry_over_basis_points, policy_at_end,
-- policy_at_exhaustion, policy_signal, policy_ahead_seconds, policy_overrun_gpu_ms,
-- pace_basis_points, under_use_below_basis_points, under_use_after_basis_points
SELECT id, name, funder, mode, least_gpu_ms, most_gpu_ms, maximum_months, demand,
  access_working_days, burst_basis_points, carry_over_basis_points, policy_at_end,
  policy_at_exhaustion, policy_signal, policy_ahead_seconds, policy_overrun_gpu_ms,
  pace_basis_points, under_use_below_basis_points, under_use_after_basis_points
FROM programme WHERE $1 OR retired_at IS NULL

-- How the queue is put in order; no row where nothing is described.
-- Returns: is_first_come, qos_weight, fair_share_weight, entitlement_weight, age_weight, size_weight,
-- partition_weight, nice_weight, age_period_seconds, half_life_seconds, long_half_life_seconds,
-- entry_charge_basis_points, partitions, partition_millionths, programmes,
-- programme_shares, projects, project_shares, members, member_shares, promise_ahead_seconds
SELECT is_first_come, qos_weight, fair_share_weight, entitlement_weight, age_weight, size_weight,
  partition_weight, nice_weight, age_period_seconds, half_life_seconds, long_half_life_seconds,
  entry_charge_basis_points, partitions, partition_millionths,
  programmes, programme_shares, projects, project_shares, members, member_shares,
  promise_ahead_seconds
FROM queue_order

-- Describes how the queue is put in order, after what was described before was cleared.
-- $1: bool – is_first_come
-- $2: bigint – qos_weight
-- $3: bigint – fair_share_weight
-- $4: bigint – entitlement_weight
-- $5: bigint – age_weight
-- $6: bigint – size_weight
-- $7: bigint – partition_weight
-- $8: bigint – nice_weight
-- $9: bigint – age_period_seconds
-- $10: bigint – half_life_seconds
-- $11: bigint – long_half_life_seconds
-- $12: bigint – entry_charge_basis_points
-- $13: text[] – partitions
-- $14: bigint[] – partition_millionths
-- $15: text[] – programmes
-- $16: bigint[] – programme_shares
-- $17: text[] – projects
-- $18: bigint[] – project_shares
-- $19: text[] – members
-- $20: bigint[] – member_shares
-- $21: bigint – promise_ahead_seconds, or null
-- Returns: nothing
INSERT INTO queue_order (
  is_first_come, qos_weight, fair_share_weight, entitlement_weight, age_weight, size_weight,
  partition_weight, nice_weight, age_period_seconds, half_life_seconds, long_half_life_seconds,
  entry_charge_basis_points, partitions, partition_millionths,
  programmes, programme_shares, projects, project_shares, members, member_shares,
  promise_ahead_seconds)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
  $21)

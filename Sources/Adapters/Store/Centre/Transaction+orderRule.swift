import Domain
import Postgres

/// Reads and writes how the queue is put in order.
extension Transaction {
  borrowing func describeOrder(_ next: Centre, _ old: Centre) throws(PostgresError) {
    guard next.order != old.order else { return }
    try later(.clearQueueOrder)
    if next.order != .standard { try later(.saveQueueOrder, next.order.columns) }
  }

  borrowing func orderRule() throws(PostgresError) -> OrderRule {
    guard let row = try query(.queueOrder).onlyOrNone() else { return .standard }
    guard try !row.bool("is_first_come") else { return OrderRule(policy: nil) }
    var weights = PriorityPolicy.Weights()
    weights.qos = try row.int64("qos_weight")
    weights.fairShare = try row.int64("fair_share_weight")
    weights.entitlement = try row.int64("entitlement_weight")
    weights.age = try row.int64("age_weight")
    weights.size = try row.int64("size_weight")
    weights.partition = try row.int64("partition_weight")
    weights.nice = try row.int64("nice_weight")
    var policy = PriorityPolicy(
      weights: weights, agePeriod: try row.seconds("age_period_seconds"))
    policy.halfLife = try row.seconds("half_life_seconds")
    policy.longHalfLife = try row.seconds("long_half_life_seconds")
    policy.entryChargeBasisPoints = try row.int64("entry_charge_basis_points")
    policy.partitions = try row.numbers("partitions", "partition_millionths")
    return OrderRule(
      policy: policy,
      shares: ShareWeights(
        programmes: try row.numbers("programmes", "programme_shares"),
        projects: try row.numbers("projects", "project_shares"),
        members: try row.numbers("members", "member_shares")),
      promiseAhead: try row.optionalInt64("promise_ahead_seconds").map { Seconds($0) })
  }
}

extension OrderRule {
  /// The parameters of `save_queue_order.sql`.
  fileprivate var columns: [Value] {
    let told = policy ?? .firstCome
    let weights = told.weights
    return [
      .bool(policy == nil), .int64(weights.qos), .int64(weights.fairShare),
      .int64(weights.entitlement), .int64(weights.age), .int64(weights.size),
      .int64(weights.partition), .int64(weights.nice), .seconds(told.agePeriod),
      .seconds(told.halfLife), .seconds(told.longHalfLife), .int64(told.entryChargeBasisPoints),
    ] + Self.named(told.partitions.texts)
      + Self.named(shares.programmes.texts) + Self.named(shares.projects.texts)
      + Self.named(shares.members.texts)
      + [.optionalInt64(promiseAhead.map { $0.count })]
  }

  /// Names, and the number of each.
  private static func named(_ numbers: [String: Int64]) -> [Value] {
    let sorted = numbers.sorted { $0.key < $1.key }
    return [.textArray(sorted.map(\.key)), .int64Array(sorted.map(\.value))]
  }
}

extension Dictionary where Value == Int64 {
  fileprivate var texts: [String: Int64] {
    Dictionary<String, Int64>(map { ("\($0.key)", $0.value) }) { first, _ in first }
  }
}

extension Row {
  /// Names in one column, and the number of each in another.
  fileprivate func numbers<Kind>(
    _ names: String, _ numbers: String
  ) throws(PostgresError) -> [Identifier<Kind>: Int64] {
    let names: [Identifier<Kind>] = try identifiers(names)
    return Dictionary(Array(zip(names, try int64Array(.name(numbers))))) { first, _ in first }
  }
}

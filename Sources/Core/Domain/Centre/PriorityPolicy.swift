/// The weights by which waiting tasks are put in order, and what else the order depends on.
///
/// A priority is a sum of products: each factor, in millionths, times its weight. Weights are
/// whole numbers, and a weight is what a factor of one (a million millionths) adds to a priority, in
/// millions. Before all of it stands the rank: what may be preempted comes after all that may not,
/// and within either, tasks beyond a soft cap after all others.
/// Equal priorities are served by submission, then by id.
package struct PriorityPolicy: Hashable, Sendable {
  /// From -``largestWeight`` to ``largestWeight``.
  package struct Weights: Hashable, Sendable {
    /// The class that the request names: 0 to one.
    package var qos: Int64 = 0
    /// The rank of the member in the Fair Tree: above 0 to one, the first.
    package var fairShare: Int64 = 0
    /// What the funder is behind its entitlement: -one to one.
    package var entitlement: Int64 = 0
    /// One for each ``PriorityPolicy/agePeriod`` that a task has waited, without end.
    package var age: Int64 = 0
    /// The part of the machine's GPUs that is asked for: 0 to one. Negative, small jobs come first.
    package var size: Int64 = 0
    /// The partition: 0 to one.
    package var partition: Int64 = 0
    /// Less priority, by the member's wish: one for -10,000, -one for 10,000.
    package var nice: Int64 = 0

    package init() {}
  }

  package let weights: Weights
  /// How long a task waits for an age of one: at least a minute.
  package let agePeriod: Seconds
  /// The factor of a partition, in millionths; one that is not named has 0.
  package var partitions: [PartitionName: Int64] = [:]
  /// In which use counts half for the rank in the Fair Tree.
  package var halfLife: Seconds = .hours(7 * 24)
  /// In which use counts half for the entitlement of funders.
  package var longHalfLife: Seconds = .hours(30 * 24)
  /// The part of its hold that a run counts as used from its start on, until it has used more: in
  /// hundredths of a per cent. So that a burst of starts is seen before it has run.
  package var entryChargeBasisPoints: Int64 = 1000

  /// The largest weight: a billion would let a sum overflow.
  package static let largestWeight: Int64 = 1_000_000
  /// A factor of one.
  package static let one: Int64 = 1_000_000
  /// An age counts up to a million periods.
  package static let largestAge: Int64 = one * 1_000_000

  /// Weights beyond their bounds count as the bound, and a period below a minute as a minute.
  package init(weights: Weights, agePeriod: Seconds = .hours(24)) {
    func bounded(_ weight: Int64) -> Int64 {
      min(max(weight, -PriorityPolicy.largestWeight), PriorityPolicy.largestWeight)
    }
    var within = Weights()
    within.qos = bounded(weights.qos)
    within.fairShare = bounded(weights.fairShare)
    within.entitlement = bounded(weights.entitlement)
    within.age = max(bounded(weights.age), 0)
    within.size = bounded(weights.size)
    within.partition = bounded(weights.partition)
    within.nice = bounded(weights.nice)
    self.weights = within
    self.agePeriod = max(agePeriod, .minutes(1))
  }

  /// First come, first served: age alone.
  package static var firstCome: PriorityPolicy {
    var weights = Weights()
    weights.age = 1
    return PriorityPolicy(weights: weights)
  }

  /// What a centre with several funders begins with: a day of waiting is worth a tenth of the way from
  /// the last member to the first, and nobody is overtaken by what comes
  /// ``overtakingHorizon`` later.
  package static var shared: PriorityPolicy {
    var weights = Weights()
    weights.qos = 10_000
    weights.fairShare = 10_000
    weights.entitlement = 20_000
    weights.age = 1000
    weights.size = 1000
    weights.partition = 1000
    weights.nice = 1000
    return PriorityPolicy(weights: weights)
  }

  /// The bound of starvation: a task is never behind one that was submitted so much later, whatever
  /// either is; both beyond soft caps or neither, both of classes that may be preempted or neither.
  /// Nil if age has no weight, as then there is none.
  ///
  /// It is the widest that all other terms can differ, in ages; so it holds while no age is above
  /// ``largestAge``.
  package var overtakingHorizon: Seconds? {
    guard weights.age > 0 else { return nil }
    let spread =
      weights.qos.magnitude + weights.fairShare.magnitude + 2 * weights.entitlement.magnitude
      + weights.size.magnitude + weights.partition.magnitude + 2 * weights.nice.magnitude
    let product = Int128(spread) * Int128(agePeriod.count)
    // Ages are rounded down to millionths: a second more on either side.
    return Seconds(Int64(product / Int128(weights.age)) + 1 + agePeriod.count / 1_000_000 + 1)
  }
}

package import Domain

/// A priority and all that it was made of: the products sum to it, to the last digit.
package struct PriorityExplanation: Hashable, Sendable {
  /// What a priority is made of, in the order in which it is told.
  package enum Factor: String, Hashable, Sendable, CaseIterable {
    case qos = "QOS"
    case fairShare = "fair share"
    case entitlement
    case age
    case size
    case partition
    case nice
  }

  /// A factor in millionths, its weight, and what both add to the priority.
  package struct Term: Hashable, Sendable {
    package let factor: Factor
    package let value: Int64
    package let weight: Int64

    package var product: Int64 { value * weight }
  }

  /// True if the request is beyond a soft cap: then it is behind all that are not.
  package let isBeyondSoftCap: Bool
  /// True if its class may be preempted: then it is behind all that may not.
  package let isPreemptable: Bool
  /// One for each factor, those of weight zero included.
  package let terms: [Term]
  /// Where the member stands in the Fair Tree; nil for one that has no place in it.
  package let place: FairTree.Place?
  /// What the funder is behind.
  package let entitlement: Entitlement?

  /// The priority: traps if it were to overflow, which the bounds of ``PriorityPolicy`` exclude.
  package var priority: Int64 { terms.reduce(0) { $0 + $1.product } }
}

/// What the order looks at of one request that waits.
package struct OrderedRequest: Hashable, Sendable {
  /// Whose use it will be; nil if no allocation can carry it.
  package var leaf: UsageLeaf?
  package var partition: PartitionName
  /// Of its GPUs, on all nodes.
  package var gpuWeight: Weight
  /// From when it has waited: its submission, or the begin time that it asked for if that is later.
  package var waitsSince: Instant
  /// Of the class that it names, in millionths; 0 without one.
  package var qosPriority: Int64
  /// From -10,000 to 10,000; positive is less priority.
  package var nice: Int64
  package var isBeyondSoftCap: Bool
  /// True if its class may be preempted.
  package var isPreemptable: Bool

  package init(
    leaf: UsageLeaf?, partition: PartitionName, gpuWeight: Weight, waitsSince: Instant,
    qosPriority: Int64 = 0, nice: Int64 = 0, isBeyondSoftCap: Bool = false,
    isPreemptable: Bool = false
  ) {
    self.leaf = leaf
    self.partition = partition
    self.gpuWeight = gpuWeight
    self.waitsSince = waitsSince
    self.qosPriority = qosPriority
    self.nice = nice
    self.isBeyondSoftCap = isBeyondSoftCap
    self.isPreemptable = isPreemptable
  }

  /// What is of a lower rank comes first, whatever the priorities: what may not be preempted before
  /// what may, and within either, what is within soft caps before what is beyond.
  package var rank: Int { (isPreemptable ? 2 : 0) + (isBeyondSoftCap ? 1 : 0) }
}

/// Gives priorities at one instant.
package struct PriorityScale: Sendable {
  package let policy: PriorityPolicy
  package let tree: FairTree
  package let entitlements: [FunderID: Entitlement]
  /// Of the GPUs of the whole machine.
  package let machineWeight: Weight
  package let now: Instant

  package init(
    policy: PriorityPolicy, tree: FairTree, entitlements: [FunderID: Entitlement],
    machineWeight: Weight, now: Instant
  ) {
    self.policy = policy
    self.tree = tree
    self.entitlements = entitlements
    self.machineWeight = machineWeight
    self.now = now
  }

  /// The sum alone: for the whole queue.
  package func priority(of request: OrderedRequest) -> Int64 {
    let place = request.leaf.flatMap { tree.places[$0] }
    let entitlement = request.leaf.flatMap { entitlements[$0.funder] }
    var sum: Int64 = 0
    for factor in PriorityExplanation.Factor.allCases {
      let weight = weight(factor)
      if weight != 0 { sum += weight * value(factor, request, place, entitlement) }
    }
    return sum
  }

  /// A priority with its reasons.
  package func explanation(of request: OrderedRequest) -> PriorityExplanation {
    let place = request.leaf.flatMap { tree.places[$0] }
    let entitlement = request.leaf.flatMap { entitlements[$0.funder] }
    return PriorityExplanation(
      isBeyondSoftCap: request.isBeyondSoftCap, isPreemptable: request.isPreemptable,
      terms: PriorityExplanation.Factor.allCases.map { factor in
        PriorityExplanation.Term(
          factor: factor, value: value(factor, request, place, entitlement),
          weight: weight(factor))
      }, place: place, entitlement: entitlement)
  }

  private func weight(_ factor: PriorityExplanation.Factor) -> Int64 {
    switch factor {
    case .qos: policy.weights.qos
    case .fairShare: policy.weights.fairShare
    case .entitlement: policy.weights.entitlement
    case .age: policy.weights.age
    case .size: policy.weights.size
    case .partition: policy.weights.partition
    case .nice: policy.weights.nice
    }
  }

  private func value(
    _ factor: PriorityExplanation.Factor, _ request: OrderedRequest, _ place: FairTree.Place?,
    _ entitlement: Entitlement?
  ) -> Int64 {
    let one = PriorityPolicy.one
    func bounded(_ value: Int64, from lowest: Int64 = 0) -> Int64 { min(max(value, lowest), one) }
    switch factor {
    case .qos: return bounded(request.qosPriority)
    case .fairShare: return place?.factor ?? 0
    case .entitlement: return bounded(entitlement?.factor ?? 0, from: -one)
    case .age: return age(since: request.waitsSince)
    case .size:
      let asked = min(max(request.gpuWeight.thousandths, 0), 1 << 40)
      return bounded(asked * one / max(machineWeight.thousandths, 1))
    case .partition: return bounded(policy.partitions[request.partition] ?? 0)
    case .nice: return -min(max(request.nice, -10_000), 10_000) * (one / 10_000)
    }
  }

  /// In millionths of the policy's period, rounded down.
  private func age(since instant: Instant) -> Int64 {
    let waited = max(now.milliseconds - instant.milliseconds, 0)
    let period = Int128(policy.agePeriod.count) * 1000
    let age = Int128(waited) * Int128(PriorityPolicy.one) / period
    return Int64(min(age, Int128(PriorityPolicy.largestAge)))
  }
}

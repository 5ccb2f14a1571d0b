/// What the GPUs of the machine weigh, in the unit in which they are charged: a MIG slice as its
/// type weighs in the rate card, not as a whole GPU. The rate card in force at a moment decides for
/// that moment. CPUs and memory count nothing, nor do the shards that a GPU is cut into: they are
/// of it.
extension Centre {
  /// What the machine could deliver in a period if all of it were always up: what its GPUs weigh,
  /// times the time, rounded down to a GPU-millisecond. Each moment counts by the rate cards in
  /// force then, those that are announced for later included. Nodes without a GPU count nothing.
  package func plannedCapacity(over period: Range<Instant>) -> GPUTime {
    let begins = Set(partitions.values.flatMap { $0.rateCards.map(\.inForceFrom) })
      .filter { period.lowerBound < $0 && $0 < period.upperBound }.sorted()
    var thousandths: Int128 = 0
    for (begin, end) in zip([period.lowerBound] + begins, begins + [period.upperBound]) {
      let length = Int128(end.milliseconds - begin.milliseconds)
      thousandths += Int128(gpuWeight(at: begin).thousandths) * length
    }
    return GPUTime(milliseconds: Int64(clamping: thousandths / 1000))
  }

  /// What all GPUs weigh together at an instant.
  package func gpuWeight(at instant: Instant) -> Weight {
    let rates = partitions.values.map { $0.rateCard(at: instant).rates }
    let isWhole = rates.allSatisfy { rates in
      rates.perGPU == 1000 && rates.perGPUOfType.values.allSatisfy { $0 == 1000 }
    }
    guard !isWhole else {
      return nodes.values.reduce(.zero) { $0 + Self.whole($1) }
    }
    return gpuWeights(at: instant).values.reduce(.zero, +)
  }

  /// What the GPUs of each node weigh together at an instant: as in the partition in which they
  /// weigh the most; in no partition each weighs one.
  ///
  /// - Complexity: linear in the nodes of all partitions.
  package func gpuWeights(at instant: Instant) -> [NodeName: Weight] {
    var weights: [NodeName: Weight] = [:]
    for partition in partitions.values {
      let rates = partition.rateCard(at: instant).rates
      for name in partition.nodes {
        guard let node = nodes[name] else { continue }
        let weight = rates.parts(of: node.capacity, gpuType: node.gpuType).gpus
        weights[name] = max(weights[name] ?? .zero, weight)
      }
    }
    for node in nodes.values where weights[node.name] == nil {
      weights[node.name] = Self.whole(node)
    }
    return weights
  }

  private static func whole(_ node: Node) -> Weight {
    Weight(wholeGPUs: node.capacity.gpus)
  }
}

extension Weight {
  /// That of GPUs which weigh one each.
  package init(wholeGPUs count: Int) { self.init(thousandths: Int64(count) * 1000) }
}

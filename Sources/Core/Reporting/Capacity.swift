package import Domain

/// What the machine could deliver in a period, from the record of node states.
package struct Capacity: Hashable, Sendable {
  /// What the GPUs in service weighed × time.
  package let total: GPUTime
  /// The part of it that nodes were down.
  package let downtime: GPUTime

  /// How many nodes were in service at some time, up or down.
  package let nodes: Int
  /// Nodes in service × time, and the part of it that they were down.
  package let nodeTime: NodeTime
  package let nodeDowntime: NodeTime

  /// Capacity that was there to be used: the denominator of shares.
  package var available: GPUTime { total - downtime }

  /// A node counts from its first record on, by what its GPUs weighed then: a rate card that came
  /// into force is a record of its own. Rounded down to GPU-milliseconds, in the sum.
  ///
  /// - Parameter changes: in order of time.
  package init(_ changes: [AccessTimeFacts.NodeChange], over period: Range<Instant>) {
    // In thousandths of a GPU-millisecond.
    var total: Int128 = 0
    var downtime: Int128 = 0
    var nodes = 0
    var nodeTime: Int64 = 0
    var nodeDowntime: Int64 = 0
    let byNode = Dictionary(grouping: changes, by: \.node)
    for changes in byNode.values {
      let before = nodeTime
      for (index, change) in changes.enumerated() {
        let next = index + 1 < changes.count ? changes[index + 1].at : period.upperBound
        let begin = max(change.at, period.lowerBound)
        let end = min(next, period.upperBound)
        guard begin < end else { continue }
        let length = end.milliseconds - begin.milliseconds
        let amount = Int128(change.weight.thousandths) * Int128(length)
        total += amount
        nodeTime += length
        if !change.up {
          downtime += amount
          nodeDowntime += length
        }
      }
      if nodeTime > before { nodes += 1 }
    }
    self.nodes = nodes
    self.nodeTime = NodeTime(milliseconds: nodeTime)
    self.nodeDowntime = NodeTime(milliseconds: nodeDowntime)
    self.total = GPUTime(milliseconds: Int64(total / 1000))
    self.downtime = GPUTime(milliseconds: Int64(downtime / 1000))
  }
}

/// So many nodes for so long, whatever they have: one node for one millisecond is its unit.
package struct NodeTime: Hashable, Sendable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func - (left: Self, right: Self) -> Self {
    NodeTime(milliseconds: left.milliseconds - right.milliseconds)
  }

  /// Node-hours with four decimals, rounded half away from zero.
  package var hoursText: String { GPUTime(milliseconds: milliseconds).hoursText() }
}

package import Domain

/// What the machine could deliver in a period, from the record of node states.
package struct Capacity: Hashable, Sendable {
  /// What the GPUs in service weighed × time.
  package let total: GPUTime
  /// The part of it that nodes were down.
  package let downtime: GPUTime

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
    let byNode = Dictionary(grouping: changes, by: \.node)
    for changes in byNode.values {
      for (index, change) in changes.enumerated() {
        let next = index + 1 < changes.count ? changes[index + 1].at : period.upperBound
        let begin = max(change.at, period.lowerBound)
        let end = min(next, period.upperBound)
        guard begin < end else { continue }
        let amount =
          Int128(change.weight.thousandths) * Int128(end.milliseconds - begin.milliseconds)
        total += amount
        if !change.up { downtime += amount }
      }
    }
    self.total = GPUTime(milliseconds: Int64(total / 1000))
    self.downtime = GPUTime(milliseconds: Int64(downtime / 1000))
  }
}

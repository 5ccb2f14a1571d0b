package import Domain

/// What the machine could deliver in a period, from the record of node states.
package struct Capacity: Hashable, Sendable {
  /// GPUs in service × time.
  package let total: GPUTime
  /// The part of it that nodes were down.
  package let downtime: GPUTime

  /// Capacity that was there to be used: the denominator of shares.
  package var available: GPUTime { total - downtime }

  /// A node counts from its first record on.
  ///
  /// - Parameter changes: in order of time.
  package init(_ changes: [AccessTimeFacts.NodeChange], over period: Range<Instant>) {
    var total = GPUTime.zero
    var downtime = GPUTime.zero
    let byNode = Dictionary(grouping: changes, by: \.node)
    for changes in byNode.values {
      for (index, change) in changes.enumerated() {
        let next = index + 1 < changes.count ? changes[index + 1].at : period.upperBound
        let begin = max(change.at, period.lowerBound)
        let end = min(next, period.upperBound)
        guard begin < end else { continue }
        let amount = GPUTime(
          milliseconds: Int64(change.gpus) * (end.milliseconds - begin.milliseconds))
        total += amount
        if !change.up { downtime += amount }
      }
    }
    self.total = total
    self.downtime = downtime
  }
}

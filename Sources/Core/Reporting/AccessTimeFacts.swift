package import Domain

/// The facts behind an access-time report, all read from the books and the record of node states.
package struct AccessTimeFacts: Sendable {
  /// The system's name as reports print it.
  package let system: String
  /// Half-open.
  package let period: Range<Instant>
  /// The moment up to which the facts reach: the period's end, or earlier while it runs.
  package let asOf: Instant
  package let centre: Centre
  /// Charges less refunds of runs, effective in the period. Use taken over is not in it.
  package let delivered: [AllocationID: GPUTime]
  /// Charges and use taken over less refunds, effective before ``asOf``.
  package let used: [AllocationID: GPUTime]
  /// Grants less withdrawals, effective before ``asOf``.
  package let granted: [AllocationID: GPUTime]
  /// Every change of a node's state up to ``asOf``, in order of time, ties by node.
  package let nodeChanges: [NodeChange]

  package init(
    system: String, period: Range<Instant>, asOf: Instant, centre: Centre,
    delivered: [AllocationID: GPUTime], used: [AllocationID: GPUTime],
    granted: [AllocationID: GPUTime], nodeChanges: [NodeChange]
  ) {
    self.system = system
    self.period = period
    self.asOf = asOf
    self.centre = centre
    self.delivered = delivered
    self.used = used
    self.granted = granted
    self.nodeChanges = nodeChanges
  }

  /// From an instant on a node is in service with a number of GPUs, up or down.
  package struct NodeChange: Hashable, Sendable {
    package let node: NodeName
    package let at: Instant
    package let up: Bool
    package let gpus: Int

    package init(node: NodeName, at: Instant, up: Bool, gpus: Int) {
      self.node = node
      self.at = at
      self.up = up
      self.gpus = gpus
    }
  }
}

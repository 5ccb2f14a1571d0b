package import Domain

/// The facts behind an access-time report, all read from the books and the record of node states.
package struct AccessTimeFacts: Sendable {
  package let form: ReportForm
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
  /// Those of which something is told late: the award (a grant or the use taken over) is effective in
  /// the period and belongs to a month that was closed by then, or what was taken over was corrected
  /// in the period. A rest that is carried over is none. Empty in the first form.
  package let bookedLate: Set<AllocationID>
  /// How the books of each month that the period meets stood, in order of time.
  package let months: [MonthStanding]
  /// Every change of a node's state up to ``asOf``, in order of time, ties by node.
  package let nodeChanges: [NodeChange]

  package init(
    form: ReportForm = .current, system: String, period: Range<Instant>, asOf: Instant,
    centre: Centre,
    delivered: [AllocationID: GPUTime], used: [AllocationID: GPUTime],
    granted: [AllocationID: GPUTime], bookedLate: Set<AllocationID> = [],
    months: [MonthStanding] = [], nodeChanges: [NodeChange]
  ) {
    self.months = months
    self.form = form
    self.system = system
    self.period = period
    self.asOf = asOf
    self.centre = centre
    self.delivered = delivered
    self.used = used
    self.granted = granted
    self.bookedLate = form.countsWhatIsLate ? bookedLate : []
    self.nodeChanges = nodeChanges
  }

  /// The allocations that count in the period and meet a condition, by id: by their window, or since a
  /// charge, a refund or (from the second form on) the award of theirs or its correction is effective
  /// in it, late, so that each is in some month's report.
  package func countedAllocations(_ condition: (Allocation) -> Bool) -> [Allocation] {
    centre.allocations.values.filter {
      ($0.window.overlaps(period) || delivered[$0.id] != nil || bookedLate.contains($0.id))
        && $0.window.lowerBound < asOf && condition($0)
    }.sorted { $0.id < $1.id }
  }

  /// From an instant on a node is in service with a number of GPUs, up or down.
  package struct NodeChange: Hashable, Sendable {
    package let node: NodeName
    package let at: Instant
    package let up: Bool
    package let gpus: Int
    /// What its GPUs weighed together by the rate card that was in force: capacity is counted in
    /// what charges are.
    package let weight: Weight

    /// - Parameter weight: nil if each of the GPUs weighs one.
    package init(node: NodeName, at: Instant, up: Bool, gpus: Int, weight: Weight? = nil) {
      self.node = node
      self.at = at
      self.up = up
      self.gpus = gpus
      self.weight = weight ?? Weight(wholeGPUs: gpus)
    }

    /// Nil if each of the GPUs weighs one: as it is written down.
    package var ownWeight: Weight? { weight == Weight(wholeGPUs: gpus) ? nil : weight }
  }

  /// What the GPUs of nodes weigh together from an instant on, at which rates came into force.
  package struct NodeWeighing: Hashable, Sendable {
    package let at: Instant
    package let weights: [NodeName: Weight]

    package init(at: Instant, weights: [NodeName: Weight]) {
      self.at = at
      self.weights = weights
    }
  }
}

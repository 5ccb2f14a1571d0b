package import Domain

/// What a request would cost, before it is submitted.
package struct Quote: Hashable, Sendable {
  package let partition: PartitionName
  /// Which version of the partition's rate card it was made with.
  package let rateVersion: Int
  /// Of one task, over all its nodes. Where nodes of several sizes or GPU types could take it: of
  /// the heaviest.
  package let weight: Weight
  /// The same of the lightest.
  package let leastWeight: Weight
  /// Occupied on each node.
  package let perNode: NodeResources
  /// Of the nodes that were priced.
  package let gpuType: String
  package let nodeCount: Int
  /// 1 without an array.
  package let taskCount: Int
  /// What is held while one task runs: its weight times limit and grace.
  package let holdPerTask: GPUTime
  /// What one task costs if it runs to its limit.
  package let maximumChargePerTask: GPUTime
  /// The holds of all tasks together.
  package let totalHold: GPUTime
  /// What all tasks cost if each runs to its limit.
  package let maximumTotalCharge: GPUTime
}

/// The answer to a request for a quote.
package enum QuoteResult: Hashable, Sendable {
  /// It can never run; every reason, in order of precedence, and never none.
  case refused([RequestRefusal])
  case quoted(Quote)
}

/// A partition as slurmctld describes it: whether it takes and starts jobs, and how large they may be.
package struct PartitionObservation: Sendable, Equatable, Codable {
  package var name: String
  package var state: SlurmPartitionState
  /// MaxTime; `nil` is unlimited.
  package var maximumMinutes: Int?
  /// MaxNodes; `nil` is unlimited.
  package var maximumNodes: Int?

  package init(
    name: String, state: SlurmPartitionState, maximumMinutes: Int? = nil, maximumNodes: Int? = nil
  ) {
    self.name = name
    self.state = state
    self.maximumMinutes = maximumMinutes
    self.maximumNodes = maximumNodes
  }
}

/// What an administrator set a partition to.
package enum SlurmPartitionState: String, Sendable, Equatable, Codable, CaseIterable {
  case up
  /// Takes jobs, and starts none.
  case down
  /// Takes no more jobs, and starts those that it has.
  case drain
  /// Neither.
  case inactive
}

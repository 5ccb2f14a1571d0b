package import Domain

/// How Slurm has a partition now, whatever the centre's description says: whether it takes and starts
/// jobs, and how large they may be.
package struct PartitionCondition: Hashable, Sendable {
  package enum State: String, Hashable, Sendable {
    case up
    /// Takes jobs, and starts none.
    case down
    /// Takes no more jobs, and starts those that it has.
    case drain
    /// Neither.
    case inactive
    /// Slurm has no such partition.
    case missing
  }

  package let state: State
  /// Slurm's MaxTime; nil for none.
  package let longest: Seconds?
  /// Slurm's MaxNodes; nil for none.
  package let mostNodes: Int?

  package init(_ state: State, longest: Seconds? = nil, mostNodes: Int? = nil) {
    self.state = state
    self.longest = longest
    self.mostNodes = mostNodes
  }

  /// Why Slurm would not start a job of a request in it now; nil if it would.
  ///
  /// - Parameter isInSlurm: true for one that stands in it already.
  package func obstacle(to request: JobRequest, isInSlurm: Bool) -> PartitionObstacle? {
    switch state {
    case .up: break
    case .drain: if !isInSlurm { return .closed(state) }
    case .down, .inactive, .missing: return .closed(state)
    }
    if let longest, request.leastLimit > longest {
      return .tooLong(request.leastLimit, most: longest)
    }
    if let mostNodes, request.nodeCount > mostNodes {
      return .tooWide(request.nodeCount, most: mostNodes)
    }
    return nil
  }
}

/// What keeps a task out of a partition until an administrator changes it in Slurm.
package enum PartitionObstacle: Hashable, Sendable {
  case closed(PartitionCondition.State)
  /// Its least time limit is longer than Slurm's there.
  case tooLong(Seconds, most: Seconds)
  /// It is for more nodes than Slurm gives one job there.
  case tooWide(Int, most: Int)
}

/// When each job of a workload ran; by the job's index, in seconds, −1 for one that never did.
package struct ReplayResult: Hashable, Sendable {
  package let starts: [Int64]
  package let ends: [Int64]

  package init(starts: [Int64], ends: [Int64]) {
    precondition(starts.count == ends.count, "each job has both")
    self.starts = starts
    self.ends = ends
  }
}

/// The policy that a workload is replayed under, in the rules of `docs/simulator.md`.
package enum ReplayPolicy: String, CaseIterable, Hashable, Sendable {
  /// First come, first served; nothing overtakes.
  case fcfs
  /// The first in line has a reservation; others start where they don't delay it.
  case easy
  /// Everyone in line has a reservation.
  case conservative
}

/// Why a workload can't be replayed.
package enum ReplayError: Error, Equatable {
  /// The machine has nothing to run on.
  case emptyMachine
  /// The machine has more nodes than are planned one by one.
  case tooManyNodes(most: Int)
}

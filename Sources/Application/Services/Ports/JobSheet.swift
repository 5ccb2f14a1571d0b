package import Domain
package import Lifecycle

/// Which jobs to read.
package struct SheetFilter: Hashable, Sendable {
  /// One job.
  package var job: JobID?
  /// Only jobs of these projects; nil for all.
  package var projects: Set<ProjectID>?
  /// Also jobs all of whose tasks have ended.
  package var ended: Bool
  /// At most this many, the latest first.
  package var limit: Int

  package init(
    job: JobID? = nil, projects: Set<ProjectID>? = nil, ended: Bool = false, limit: Int = 1000
  ) {
    self.job = job
    self.projects = projects
    self.ended = ended
    self.limit = limit
  }
}

/// A job with everything that happened to it.
package struct JobSheet: Hashable, Sendable {
  package let job: JobRecord
  /// By index.
  package let tasks: [TaskRecord]
  /// By task and attempt.
  package let runs: [RunSheet]
  /// Why a task was dropped or went back to waiting, in words, by task.
  package let causes: [TaskID: String]
  /// When a task ended, by the store's clock.
  package let ended: [TaskID: Instant]

  package init(
    job: JobRecord, tasks: [TaskRecord], runs: [RunSheet], causes: [TaskID: String],
    ended: [TaskID: Instant] = [:]
  ) {
    self.job = job
    self.tasks = tasks
    self.runs = runs
    self.causes = causes
    self.ended = ended
  }
}

/// One attempt with its money.
package struct RunSheet: Hashable, Sendable {
  package let run: RunRecord
  package let slurmJobID: Int64?
  package let devices: [String]
  /// What its weight is of, on each node, where Slurm allocated what was not placed; else empty.
  package let allocated: [NodeName: NodeResources]
  /// Nil while it runs.
  package let end: RunEnd?
  package let charged: GPUTime
  package let refunded: GPUTime

  package init(
    run: RunRecord, slurmJobID: Int64?, devices: [String],
    allocated: [NodeName: NodeResources] = [:], end: RunEnd?, charged: GPUTime, refunded: GPUTime
  ) {
    self.run = run
    self.slurmJobID = slurmJobID
    self.devices = devices
    self.allocated = allocated
    self.end = end
    self.charged = charged
    self.refunded = refunded
  }
}

/// The books summed anew.
package struct BooksAudit: Hashable, Sendable {
  /// Allocations whose balance does not follow from their entries, or that are below zero.
  package let wrong: [AllocationID]
  /// Holds that no open run accounts for, and open runs without their hold.
  package let strayHolds: [RunID]
  /// Caps whose use does not follow from the entries.
  package let wrongCaps: [CapID]
  /// What was given back beyond its charge, and transfers that are not in balance, in words.
  package let unbalanced: [String]
  package let openHolds: Int
  package let waitingTasks: Int
  package let runningTasks: Int
  package let asOf: Instant

  package init(
    wrong: [AllocationID], strayHolds: [RunID], wrongCaps: [CapID] = [],
    unbalanced: [String] = [], openHolds: Int, waitingTasks: Int, runningTasks: Int, asOf: Instant
  ) {
    self.unbalanced = unbalanced
    self.wrongCaps = wrongCaps
    self.wrong = wrong
    self.strayHolds = strayHolds
    self.openHolds = openHolds
    self.waitingTasks = waitingTasks
    self.runningTasks = runningTasks
    self.asOf = asOf
  }

  package var balanced: Bool {
    wrong.isEmpty && strayHolds.isEmpty && wrongCaps.isEmpty && unbalanced.isEmpty
  }
}

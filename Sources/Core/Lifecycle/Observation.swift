package import Domain

/// What one look at Slurm says about one task, whichever source it came from.
package enum Observation: Hashable, Sendable {
  /// In Slurm, not running; an array by the array's id. `held` is priority 0; `since` when it began to
  /// wait: its submission, or when Slurm put its run back; `restarts` how often Slurm did that.
  case pending(slurmJobID: Int64, held: Bool, since: Instant, restarts: Int = 0)
  case running(RunningFacts)
  case ended(EndedFacts)
  /// Slurm has the task's array, but not the task: it was cancelled in Slurm while it waited, of
  /// which Slurm keeps no other trace.
  case removed
  /// Slurm was asked after the facts at hand were made, and does not know it.
  case absent

  package struct RunningFacts: Hashable, Sendable {
    /// The task's own.
    package let slurmJobID: Int64
    /// What was submitted: the array's id for a task of an array, else the same.
    package let submissionID: Int64
    package let start: Instant
    /// What Slurm allocated on each node, by node.
    package let shares: [NodeName: NodeResources]
    package let devices: [String]

    package init(
      slurmJobID: Int64, submissionID: Int64, start: Instant, shares: [NodeName: NodeResources],
      devices: [String]
    ) {
      self.slurmJobID = slurmJobID
      self.submissionID = submissionID
      self.start = start
      self.shares = shares
      self.devices = devices
    }
  }

  package struct EndedFacts: Hashable, Sendable {
    /// The task's own.
    package let slurmJobID: Int64
    /// What was submitted: the array's id for a task of an array, else the same.
    package let submissionID: Int64
    /// Nil if it never ran.
    package let start: Instant?
    /// What else the start can mean, in the hour that comes twice by Slurm's local time.
    package let otherStarts: [Instant]
    package let end: Instant
    package let outcome: TaskOutcome
    package let exitCode: Int
    package let signal: Int
    /// False if it is merely listed as ended. The record is what counts: slurmctld was seen to list
    /// another end than it recorded.
    package let isRecorded: Bool

    package init(
      slurmJobID: Int64, submissionID: Int64, start: Instant?, otherStarts: [Instant] = [],
      end: Instant, outcome: TaskOutcome, exitCode: Int, signal: Int, isRecorded: Bool = true
    ) {
      self.slurmJobID = slurmJobID
      self.submissionID = submissionID
      self.start = start
      self.otherStarts = otherStarts
      self.end = end
      self.outcome = outcome
      self.exitCode = exitCode
      self.signal = signal
      self.isRecorded = isRecorded
    }
  }
}

extension Observation.RunningFacts {
  /// What Slurm allocated on each node, if on any it is not what was placed there; else empty.
  func shares(unlike placement: Placement) -> [NodeName: NodeResources] {
    let placed = Dictionary(placement.nodes.map { ($0, placement.perNode) }) { first, _ in first }
    return shares == placed ? [:] : shares
  }
}

package import Domain
package import Ledger

/// A step of the life of a job that an observation of Slurm, or a member, made. A pure value: the
/// store performs it in one transaction, and `EngineState` performs the same in memory.
package enum Transition: Hashable, Sendable {
  /// This is the Slurm job of ours by that key. Replaces an earlier id, if Slurm lost that one
  /// and Polder submitted the job again.
  case bound(SlurmKey, slurmJobID: Int64)
  /// Slurm runs it; `weight` is of what Slurm allocated. `devices` as Slurm gave them,
  /// `gn01:0,1`. `allocated` is what the weight is of, on each node, where that is not what was
  /// placed there; else empty.
  case started(
    RunID, at: Instant, weight: Weight, slurmJobID: Int64, devices: [String],
    allocated: [NodeName: NodeResources] = [:])
  /// A run is over: its hold is settled, refunds by policy are posted, and its task goes on.
  case ended(RunID, RunEnd)
  /// A committed start that Slurm did not perform: the whole hold goes back and the task waits.
  case returned(RunID, cause: String)
  /// Slurm started a waiting task without us. The run takes a hold if the allocation can carry it;
  /// without one its use is the operator's.
  /// `allocated` as of ``started(_:at:weight:slurmJobID:devices:allocated:)``.
  case adopted(
    TaskID, RunRecord, slurmJobID: Int64, allocated: [NodeName: NodeResources] = [:])
  /// Slurm ran a task again that had ended, from a state that it had saved before: one more run, that is
  /// over. The task stays as it ended. Its hold as in ``adopted(_:_:slurmJobID:allocated:)``.
  case repeated(TaskID, RunRecord, slurmJobID: Int64, RunEnd)
  /// A waiting task that will not run: cancelled in Slurm, or never seen there.
  case dropped(TaskID, TaskOutcome, cause: String)
}

/// The end of a run as Slurm reports it, and what follows by policy.
package struct RunEnd: Hashable, Sendable {
  /// Nil if it never ran.
  package let start: Instant?
  package let end: Instant
  package let outcome: TaskOutcome
  package let exitCode: Int
  package let signal: Int
  /// Weight × (end − start): what the run used, before it is cut to its hold.
  package let used: GPUTime
  /// The part of it after the end of its allocation, for which its project does not pay.
  package let pastEnd: GPUTime
  /// Why the whole charge is given back, if policy says so.
  package let refund: EntryReason?
  /// True if the task waits for another run.
  package let requeued: Bool

  package init(
    start: Instant?, end: Instant, outcome: TaskOutcome, exitCode: Int, signal: Int, used: GPUTime,
    pastEnd: GPUTime = .zero, refund: EntryReason?, requeued: Bool
  ) {
    self.start = start
    self.end = end
    self.outcome = outcome
    self.exitCode = exitCode
    self.signal = signal
    self.used = used
    self.pastEnd = pastEnd
    self.refund = refund
    self.requeued = requeued
  }

  /// From start to end; empty if it never ran.
  package var span: Range<Instant> { min(start ?? end, end)..<end }
}

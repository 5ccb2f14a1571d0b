package import Domain
package import Ledger

/// The site's rules for what happens to jobs: configuration, never constants in code.
package struct LifecyclePolicy: Hashable, Sendable {
  /// Held beyond a run's limit: Slurm's KillWait and OverTimeLimit, and the lag of its clockwork.
  package let grace: Seconds
  /// After this long a released task that Slurm has not started is held again and replanned.
  package let startTimeout: Seconds
  /// After this long without a trace of it in Slurm a task is lost, or its acceptance lapses.
  package let absenceTimeout: Seconds
  /// The reasons for which the charge of a run is given back.
  package let refunds: Set<EntryReason>

  package init(
    grace: Seconds, startTimeout: Seconds, absenceTimeout: Seconds,
    refunds: Set<EntryReason> = LifecyclePolicy.standardRefunds
  ) {
    self.grace = grace
    self.startTimeout = startTimeout
    self.absenceTimeout = absenceTimeout
    self.refunds = refunds
  }

  /// Refunds for what is the site's fault or an administrator's act. What was preempted had its
  /// time, and is charged for it.
  package static let standardRefunds: Set<EntryReason> = [
    .nodeFailure, .bootFailure, .vanished, .administratorCancel,
  ]

  /// Why the charge of a run that ended so is given back; nil if it stands.
  package func refund(for outcome: TaskOutcome, because cause: EndCause?) -> EntryReason? {
    let reason: EntryReason? =
      switch outcome {
      case .nodeFailed: .nodeFailure
      case .bootFailed: .bootFailure
      case .lost: .vanished
      case .preempted: .preempted
      case .cancelled: cause == .administrator ? .administratorCancel : nil
      case .completed, .failed, .timedOut, .outOfMemory, .refused: nil
      }
    return reason.flatMap { refunds.contains($0) ? $0 : nil }
  }
}

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
  /// Outcomes whose charge is given back, with the reason.
  package let refunds: [TaskOutcome: EntryReason]

  package init(
    grace: Seconds, startTimeout: Seconds, absenceTimeout: Seconds,
    refunds: [TaskOutcome: EntryReason] = LifecyclePolicy.siteFailures
  ) {
    self.grace = grace
    self.startTimeout = startTimeout
    self.absenceTimeout = absenceTimeout
    self.refunds = refunds
  }

  /// Refunds for what is the site's fault.
  package static let siteFailures: [TaskOutcome: EntryReason] = [
    .nodeFailed: .nodeFailure, .bootFailed: .bootFailure, .lost: .vanished,
  ]
}

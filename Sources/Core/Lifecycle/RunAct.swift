package import Domain

/// What is done to a run by Polder, decided once and performed by the bridge. Each is written with
/// its directive in one transaction.
package enum RunAct: Hashable, Sendable {
  /// Warn it by a signal, once.
  case signal(RunID, JobSignal)
  /// End it, for this reason; the first that was given stands.
  case end(RunID, EndCause)
  /// Warn it by a signal, and end it at an instant, for another job waits for its nodes. Once.
  case evict(RunID, JobSignal, at: Instant)
  /// Have Slurm end it by this limit, should Polder be away when its time comes; cut short, or the
  /// one that its hold covers.
  case limit(RunID, Seconds, isCut: Bool)

  package var run: RunID {
    switch self {
    case .signal(let run, _), .end(let run, _), .limit(let run, _, _), .evict(let run, _, _): run
    }
  }
}

/// Why Polder ended a run that was not at its limit.
package enum EndCause: String, Hashable, Sendable, CaseIterable {
  /// The window of its allocation closed.
  case windowEnded = "window-ended"
  /// Its allocation was suspended.
  case suspended
  /// It had no hold, and its allocation does not let it go on.
  case exhausted
  /// It went on past the end, as far as the operator carries that.
  case overrunCap = "overrun-cap"
  /// Another task waited for its nodes, and it went on past the end or was of a class that may be
  /// preempted.
  case preempted
  /// An administrator cancelled it, who is neither its owner nor a manager of its project.
  case administrator

  /// Why the task ended, for those who ask.
  package var words: String {
    switch self {
    case .windowEnded: "ended by Polder: the window of its allocation closed"
    case .suspended: "ended by Polder: its allocation was suspended"
    case .exhausted: "ended by Polder: no allocation could pay for it"
    case .overrunCap: "ended by Polder: it had gone on past its allocation as far as allowed"
    case .preempted: "ended by Polder: another job waited for its nodes"
    case .administrator: "cancelled by an administrator"
    }
  }

  /// Why a run that an allocation pays for is being ended, in the present tense.
  package func words(ending allocation: AllocationID) -> String {
    switch self {
    case .windowEnded: "the window of allocation \(allocation) ends"
    case .suspended: "allocation \(allocation) is suspended"
    case .exhausted: "allocation \(allocation) can't pay for it"
    case .overrunCap: "allocation \(allocation) went on past its end as far as is allowed"
    case .preempted: "another job needs its nodes"
    case .administrator: "an administrator cancelled it"
    }
  }
}

/// How far the end of a run by Polder has come.
package struct RunClosing: Hashable, Sendable {
  /// It was warned.
  package var signalled: Bool
  /// The limit that Slurm was told, where that is not the one that the hold covers.
  package var limit: Seconds?
  /// It is being ended, and why.
  package var cause: EndCause?
  /// It was warned that it is ended then, for another task.
  package var evictedAt: Instant?

  package init(
    signalled: Bool = false, limit: Seconds? = nil, cause: EndCause? = nil,
    evictedAt: Instant? = nil
  ) {
    self.signalled = signalled
    self.limit = limit
    self.cause = cause
    self.evictedAt = evictedAt
  }

  /// True if it makes room already.
  package var isMakingRoom: Bool { cause != nil || evictedAt != nil }

  /// True if it ends for another task's sake.
  package var isPreempted: Bool { cause == .preempted || (cause == nil && evictedAt != nil) }

  /// What an end that Slurm saw was. A script that does not catch the warning is ended by most signals,
  /// and one that catches it can leave with a failure to run again: both were preempted.
  package func outcome(_ seen: TaskOutcome) -> TaskOutcome {
    switch seen {
    case .cancelled where cause == .preempted, .failed where isPreempted: .preempted
    default: seen
    }
  }

  /// The standing after an act, or nil if the act changes nothing: it was done before.
  package func after(_ act: RunAct) -> RunClosing? {
    var next = self
    switch act {
    case .signal: next.signalled = true
    case .end(_, let cause): next.cause = self.cause ?? cause
    case .evict(_, _, let instant): next.evictedAt = evictedAt ?? instant
    case .limit(_, let limit, let isCut): next.limit = isCut ? limit : nil
    }
    return next == self ? nil : next
  }
}

package import Domain

/// Another time limit for tasks of a job. A longer one of a run under way is held for first; a
/// shorter one leaves the hold as it is, which is released when the run ends. What waits has it for
/// its runs to come.
package struct LimitChange: Hashable, Sendable {
  /// The new limit, from the run's start.
  package let limit: Seconds
  /// Held beyond it.
  package let grace: Seconds
  /// The partition's.
  package let maximum: Seconds

  package init(limit: Seconds, grace: Seconds, maximum: Seconds) {
    self.limit = limit
    self.grace = grace
    self.maximum = maximum
  }

  /// What waits has it in whole minutes, since Slurm counts limits so.
  package var ofRunsToCome: Seconds { Seconds((limit.count + 59) / 60 * 60) }

  /// What the change needs, or why it is refused, before the books are asked.
  ///
  /// - Parameters:
  ///   - closes: when the run's allocation ends; nil if it has left the description.
  ///   - now: the store's clock.
  package func verdict(on run: RunRecord, closes: Instant?, now: Instant) -> LimitVerdict {
    let reach = limit + grace
    guard let start = run.started else { return .refused(.notRunning) }
    if let cause = run.closing.cause { return .refused(.ending(cause)) }
    guard reach != run.reach else { return .unchanged }
    let ran = now.seconds(since: start)
    guard limit > ran else { return .refused(.past(ran: ran)) }
    guard reach > run.reach else { return .granted(reach: reach, more: .zero) }
    guard limit <= maximum else { return .refused(.maximum(maximum)) }
    guard let hold = run.hold, hold > .zero || run.weight == .zero else {
      return .refused(.withoutHold)
    }
    guard let closes, start + reach <= closes else {
      return .refused(.window(ends: closes ?? now, wouldEnd: start + reach))
    }
    return .granted(reach: reach, more: max(run.weight * reach - hold, .zero))
  }
}

/// What becomes of a change of limit.
package enum LimitVerdict: Hashable, Sendable {
  /// It has this limit already: asked again.
  case unchanged
  /// `more` has to be held first, and then the run reaches so far.
  case granted(reach: Seconds, more: GPUTime)
  case refused(LimitRefusal)
}

/// Why a change of limit is refused, with its numbers, in order of precedence.
package enum LimitRefusal: Hashable, Sendable {
  /// It has not begun, or has ended.
  case notRunning
  /// Polder is ending it.
  case ending(EndCause)
  /// It has run for that long already.
  case past(ran: Seconds)
  /// The longest that its partition has.
  case maximum(Seconds)
  /// No allocation pays for it, and the operator carries it: Slurm started it without Polder, or gave
  /// it more than the nothing that it was to cost.
  case withoutHold
  /// With its grace it would end after its allocation.
  case window(ends: Instant, wouldEnd: Instant)
  case budget(AllocationID, needs: GPUTime, available: GPUTime, held: GPUTime)
  /// A cap above its allocation does not leave it: of its limit so much is used and held, and `own` of that
  /// by the run itself.
  case cap(
    CapID, needs: GPUTime, limit: GPUTime, used: GPUTime, held: GPUTime, own: GPUTime)
  /// With it more would be held at once than a limit allows.
  case limit(LimitID, needs: GPUTime, most: GPUTime)
}

/// What came of asking the store for another limit.
package enum LimitOutcome: Hashable, Sendable {
  /// All of them have it. The runs under way that had another, as they are now; `more` is what was
  /// held in addition over all.
  case done([RunRecord], more: GPUTime)
  /// They had this limit already.
  case unchanged
  /// One of them can't have it, and so none has.
  case refused(TaskID, LimitRefusal)
}

package import Domain

extension Entry {
  /// An entry whose amount has not been checked yet.
  package struct Draft: Sendable {
    package let id: EntryID
    package let kind: EntryKind
    package let allocation: AllocationID
    package let amount: GPUTime
    package let run: RunID?
    package let part: Int
    package let reason: EntryReason?
    package let corrects: EntryID?
    package let approval: Approval?
    package let effective: Instant
    package let recorded: Instant

    /// Nil if the amount is not positive or larger than ``GPUTime/largest``.
    package var entry: Entry? {
      guard amount > .zero, amount <= .largest else { return nil }
      return Entry(
        id: id, kind: kind, allocation: allocation, amount: amount, run: run, part: part,
        reason: reason, corrects: corrects, approval: approval, effective: effective,
        recorded: recorded)
    }

    package func matches(_ standing: Entry) -> Bool {
      entry.map { standing.saysTheSame(as: $0) } ?? false
    }

    /// The first reason not to post it, against the balance of its allocation; nil to post it.
    ///
    /// - Parameters:
    ///   - balance: nil before the first grant.
    ///   - openFrom: where the books are open, or nil if nothing was closed.
    ///   - byHand: refused in a closed period, where other entries are admitted as belated.
    package func refusal(
      against balance: Balance?, openFrom: Instant?, byHand: Bool = false,
      opensAccounts: Bool = false
    ) -> PostingRefusal? {
      guard opensAccounts || balance != nil else { return .unknownAllocation(allocation) }
      guard entry != nil else { return .amountOutOfRange(amount) }
      if byHand, let refusal = closedRefusal(openFrom: openFrom) { return refusal }
      let balance = balance ?? Balance()
      switch kind.source {
      case .available where amount > balance.available:
        return .insufficient(
          allocation, requested: amount, available: balance.available, held: balance.held)
      case .deferred where amount > balance.deferred:
        return .notDeferred(allocation, requested: amount, deferred: balance.deferred)
      default: return nil
      }
    }

    package func closedRefusal(openFrom: Instant?) -> PostingRefusal? {
      guard let openFrom, effective < openFrom else { return nil }
      return .periodClosed(AccountingPeriod(containing: effective), openFrom: openFrom)
    }
  }

  /// - Parameters:
  ///   - effective: nil for `now`.
  ///   - now: when it is recorded.
  package static func draft(
    _ id: EntryID, _ kind: EntryKind, _ allocation: AllocationID, _ amount: GPUTime,
    run: RunID? = nil, part: Int = 0, reason: EntryReason? = nil, corrects: EntryID? = nil,
    approval: Approval? = nil, effective: Instant?, now: Instant
  ) -> Draft {
    Draft(
      id: id, kind: kind, allocation: allocation, amount: amount, run: run, part: part,
      reason: reason, corrects: corrects, approval: approval, effective: effective ?? now,
      recorded: now)
  }

  /// True if both say the same of the world; when each was recorded and is said to hold is not
  /// compared, since a client that repeats itself has a later clock; nor which part of its kind it
  /// is, which the books decide, nor who approved.
  package func saysTheSame(as other: Entry) -> Bool {
    id == other.id && kind == other.kind && allocation == other.allocation
      && amount == other.amount && run == other.run && reason == other.reason
      && corrects == other.corrects
  }

  /// The same entry as it can stand in books that are closed before `open`: a fact of a closed
  /// period is effective at the beginning of the open one and names the period it belongs to.
  package func admitted(openFrom open: Instant?) -> Entry {
    guard let open, effective < open else { return self }
    return Entry(
      id: id, kind: kind, allocation: allocation, amount: amount, run: run, part: part,
      reason: reason, corrects: corrects, approval: approval,
      belated: AccountingPeriod(containing: effective), effective: open, recorded: recorded)
  }

  /// The same entry since a hold stands: a run that Slurm began by itself may have begun, and ended, before
  /// the books heard of it. A closed period that it names it names still.
  package func since(hold: Instant) -> Entry {
    guard effective < hold else { return self }
    return Entry(
      id: id, kind: kind, allocation: allocation, amount: amount, run: run, part: part,
      reason: reason, corrects: corrects, approval: approval, belated: belated, effective: hold,
      recorded: recorded)
  }
}

package import Domain

/// What is asked of the books: one act, posted entirely or not at all.
package enum Posting: Hashable, Sendable {
  /// Opens the allocation's accounts if they are not there.
  case grant(EntryID, AllocationID, GPUTime, effective: Instant)
  /// Effective when it is posted if nothing else is said, or with the latest entry of the allocation if
  /// that is later; so are a deferral and an instalment: what they move came before.
  case withdraw(EntryID, AllocationID, GPUTime, effective: Instant?)
  /// Takes over use from an earlier accounting.
  case open(EntryID, AllocationID, GPUTime, effective: Instant)
  /// Puts part of what is available off until a later ``instalment(_:_:_:effective:)``.
  case deferral(EntryID, AllocationID, GPUTime, effective: Instant?)
  /// Releases part of what was deferred.
  case instalment(EntryID, AllocationID, GPUTime, effective: Instant?)
  /// Moves an amount to another allocation: two entries, or none.
  case transfer(Transfer)
  /// Takes the hold of a run. Its bearer says which caps cover it; without one, none does.
  case hold(RunID, AllocationID, GPUTime, bearer: Bearer? = nil, effective: Instant)
  /// Adds to the open hold of a run, before its time limit is extended. Extensions are counted
  /// from 1, and made in that order.
  case extend(RunID, by: GPUTime, extension: Int, effective: Instant)
  /// Closes the hold of a run: charges what was used, as far as the hold reaches, releases the
  /// rest, and books what went beyond it to the operator's overrun account. A use over the ends
  /// of months is charged in parts, one a month. What was used past the end of the allocation is
  /// the operator's too.
  case settle(RunID, used: GPUTime, pastEnd: GPUTime = .zero, over: Range<Instant>)
  /// Gives back all that is left of the charges of a run, by policy.
  case refund(RunID, EntryReason, effective: Instant)
  /// Gives back part of a charge, or adjusts one, by hand.
  case correct(Correction)
  /// Use without a hold, all carried by the operator.
  case overrun(RunID, AllocationID, GPUTime, EntryReason, effective: Instant)
  /// Closes the window: what is available or deferred is carried over as far as the rule says, and
  /// the rest expires. Posts nothing if nothing is left. Effective at the end that is given, or with
  /// the latest entry of the allocation if that is later: what a run releases after the end does not
  /// expire before it is released.
  case expire(EntryID, AllocationID, carry: CarryOver? = nil, effective: Instant)
}

/// What moves between two allocations by hand.
package struct Transfer: Hashable, Sendable {
  /// Its two entries are this id's ``EntryID/outgoing`` and ``EntryID/incoming``.
  package let id: EntryID
  package let from: AllocationID
  package let to: AllocationID
  package let amount: GPUTime
  /// What ``to`` may have been awarded in all, with this; nil for no bound.
  package let mostAwarded: GPUTime?
  package let approval: Approval
  /// Nil for the moment at which it is posted.
  package let effective: Instant?

  package init(
    id: EntryID, from: AllocationID, to: AllocationID, amount: GPUTime,
    mostAwarded: GPUTime? = nil, approval: Approval, effective: Instant?
  ) {
    self.mostAwarded = mostAwarded
    self.id = id
    self.from = from
    self.to = to
    self.amount = amount
    self.approval = approval
    self.effective = effective
  }
}

/// A correction by hand of a charge or an opening.
package struct Correction: Hashable, Sendable {
  /// What it does, and the kind of entry it makes.
  package enum Kind: Hashable, Sendable {
    case refund, credit, debit

    package var entryKind: EntryKind {
      switch self {
      case .refund: .refund
      case .credit: .credit
      case .debit: .debit
      }
    }
  }

  package let id: EntryID
  package let kind: Kind
  /// The charge or opening that it corrects. A refund corrects a charge only.
  package let corrects: EntryID
  package let amount: GPUTime
  package let reason: EntryReason
  package let approval: Approval
  /// Nil for the moment at which it is posted.
  package let effective: Instant?

  package init(
    id: EntryID, kind: Kind, corrects: EntryID, amount: GPUTime, reason: EntryReason,
    approval: Approval, effective: Instant?
  ) {
    self.id = id
    self.kind = kind
    self.corrects = corrects
    self.amount = amount
    self.reason = reason
    self.approval = approval
    self.effective = effective
  }
}

/// Where what is left at the end of a window goes, and how much of it at most.
package struct CarryOver: Hashable, Sendable {
  package let to: AllocationID
  package let atMost: GPUTime

  package init(to: AllocationID, atMost: GPUTime) {
    self.to = to
    self.atMost = atMost
  }
}

/// The books' answer, in order of precedence: the first case that holds is the answer.
package enum PostingResult: Hashable, Sendable {
  /// The same posting was made before; nothing was written. The entries that it made then, in order.
  case alreadyPosted([Entry])
  case refused(PostingRefusal)
  /// The entries that were written, in order.
  case posted([Entry])
}

/// Why the books refuse, in order of precedence.
package enum PostingRefusal: Hashable, Sendable {
  /// An entry of this id stands in the books with other content, or as another kind of act under the
  /// same key.
  case differentEntryExists(EntryID)
  case unknownAllocation(AllocationID)
  /// Nothing moves from an allocation to itself.
  case sameAllocation(AllocationID)
  /// Nothing moves from or to an allocation whose window is over: it would expire at once.
  case windowEnded(AllocationID, Instant)
  /// The entry to be corrected does not stand in the books.
  case unknownEntry(EntryID)
  /// The entry can't be corrected in that way.
  case notCorrectable(EntryID, EntryKind)
  /// The amount is not positive, or larger than ``GPUTime/largest``.
  case amountOutOfRange(GPUTime)
  /// What is done by hand can't be effective in a closed period; the books are open from here.
  case periodClosed(AccountingPeriod, openFrom: Instant)
  /// The run has no open hold.
  case noOpenHold(RunID)
  /// Extensions of a hold are made in order; this one would be the next.
  case extensionOutOfOrder(RunID, next: Int)
  /// The run was not charged, so that nothing can be refunded.
  case notCharged(RunID)
  /// More than is left of the entry after earlier corrections.
  case moreThanCharged(EntryID, requested: GPUTime, left: GPUTime)
  /// More than was deferred.
  case notDeferred(AllocationID, requested: GPUTime, deferred: GPUTime)
  /// More than the allocation has.
  case insufficient(AllocationID, requested: GPUTime, available: GPUTime, held: GPUTime)
  /// More than a hard cap above the allocation leaves.
  case capReached(CapID, requested: GPUTime, limit: GPUTime, use: CapUse)
  /// A debit beyond the hold of its run: what is left is the hold less what the run costs by now.
  case moreThanHeld(RunID, requested: GPUTime, left: GPUTime)
  /// With it the allocation would have been awarded more than its access mode awards.
  case moreThanAwarded(AllocationID, requested: GPUTime, awarded: GPUTime, most: GPUTime)
}

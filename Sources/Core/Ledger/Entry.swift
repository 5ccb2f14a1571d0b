package import Domain

/// One line of the books: an amount that moved from one account to another. Immutable for ever;
/// a mistake is corrected by a further entry that names it.
package struct Entry: Hashable, Sendable {
  /// Made by the client from what it is about (`hold:P1042.1`), so that posting again is seen.
  package let id: EntryID
  package let kind: EntryKind
  package let allocation: AllocationID
  /// Always positive.
  package let amount: GPUTime
  /// The run it is about, for kinds that are about one.
  package let run: RunID?
  package let reason: EntryReason?
  /// The entry that this one corrects or reverses.
  package let corrects: EntryID?
  /// When the fact holds in the world.
  package let effective: Instant
  /// When the books learnt of it: by the clock of the store.
  package let recorded: Instant

  package init(
    id: EntryID, kind: EntryKind, allocation: AllocationID, amount: GPUTime, run: RunID? = nil,
    reason: EntryReason? = nil, corrects: EntryID? = nil, effective: Instant, recorded: Instant
  ) {
    precondition(amount > .zero, "an entry moves a positive amount")
    self.id = id
    self.kind = kind
    self.allocation = allocation
    self.amount = amount
    self.run = run
    self.reason = reason
    self.corrects = corrects
    self.effective = effective
    self.recorded = recorded
  }
}

/// The client-made id of an entry, and the key of its idempotency.
package struct EntryID: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func hold(_ run: RunID) -> EntryID { EntryID("hold:\(run)") }
  package static func charge(_ run: RunID) -> EntryID { EntryID("charge:\(run)") }
  package static func release(_ run: RunID) -> EntryID { EntryID("release:\(run)") }
  package static func refund(_ run: RunID) -> EntryID { EntryID("refund:\(run)") }
  package static func overrun(_ run: RunID) -> EntryID { EntryID("overrun:\(run)") }

  package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension EntryID: CustomStringConvertible {
  package var description: String { text }
}

/// What an entry does. Each kind moves an amount between two fixed accounts of its allocation.
package enum EntryKind: String, Hashable, Sendable, CaseIterable {
  /// The right to use an amount is given.
  case grant
  /// Part of a grant is taken back.
  case withdrawal
  /// Use from before Polder kept the books, taken over as one figure.
  case opening
  /// A lien for one run, taken when its start is committed.
  case hold
  /// What the run cost, out of its hold.
  case charge
  /// What the hold did not need.
  case release
  /// A charge given back, with its reason.
  case refund
  /// What was left when the window closed.
  case expiry
  /// Use that no hold covered, carried by the operator and listed; the allocation pays nothing.
  case overrun

  /// The account that the amount leaves.
  package var source: Account {
    switch self {
    case .grant: .funding
    case .withdrawal, .opening, .hold, .expiry: .available
    case .charge, .release: .held
    case .refund: .charged
    case .overrun: .uncovered
    }
  }

  /// The account that the amount enters.
  package var destination: Account {
    switch self {
    case .grant, .release, .refund: .available
    case .withdrawal: .funding
    case .opening, .charge: .charged
    case .hold: .held
    case .expiry: .expired
    case .overrun: .overrun
    }
  }
}

/// The accounts of one allocation. Their sum is always zero.
package enum Account: String, Hashable, Sendable, CaseIterable {
  /// Where grants come from: minus all that was granted.
  case funding
  case available
  case held
  case charged
  case expired
  /// Where overruns come from: minus all that the operator carried.
  case uncovered
  /// The operator's: use that no hold covered.
  case overrun
}

/// Why a charge was refunded or an amount was carried by the operator.
package enum EntryReason: String, Hashable, Sendable, CaseIterable {
  case nodeFailure = "node-failure"
  /// The run was lost: Slurm no longer knows it, without any record of its end.
  case vanished
  case bootFailure = "boot-failure"
  case administratorCancel = "administrator-cancel"
  /// Seconds past the time limit and the grace.
  case pastLimit = "past-limit"
  /// Slurm started it without Polder and the allocation could not carry it.
  case unplanned
  /// Use taken over from an earlier accounting.
  case takenOver = "taken-over"
}

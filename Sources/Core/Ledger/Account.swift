/// The accounts of one allocation. Their sum is always zero.
package enum Account: String, Hashable, Sendable, CaseIterable {
  /// Where grants come from: minus all that was granted.
  case funding
  /// What can be held now.
  case available
  /// Granted and not yet released for use.
  case deferred
  case held
  case charged
  case expired
  /// Between allocations: what went out less what came in. Over all allocations it sums to zero.
  case transfers
  /// Where overruns come from: minus all that the operator carried.
  case uncovered
  /// The operator's: use that no hold covered.
  case overrun
}

/// What an entry does. Each kind moves an amount between two fixed accounts of its allocation.
package enum EntryKind: String, Hashable, Sendable, CaseIterable {
  /// The right to use an amount is given.
  case grant
  /// Part of a grant is taken back.
  case withdrawal
  /// Use from before Polder kept the books, taken over as one figure.
  case opening
  /// Part of a grant that is released for use later, month by month.
  case deferral
  /// What was deferred is released for use.
  case instalment
  /// Goes to another allocation.
  case transferOut = "transfer-out"
  /// Comes from another allocation.
  case transferIn = "transfer-in"
  /// A lien for one run, taken when its start is committed, or when its limit is extended.
  case hold
  /// What the run cost, out of its hold.
  case charge
  /// What the hold did not need.
  case release
  /// A charge given back, entirely or in part, with its reason.
  case refund
  /// An adjustment in the project's favour: names the charge or opening that it corrects.
  case credit
  /// An adjustment against the project: names the charge or opening that it corrects.
  case debit
  /// What was left when the window closed.
  case expiry
  /// Use that no hold covered, carried by the operator and listed; the allocation pays nothing.
  case overrun

  /// The account that the amount leaves.
  package var source: Account {
    switch self {
    case .grant: .funding
    case .withdrawal, .opening, .deferral, .transferOut, .hold, .debit, .expiry: .available
    case .instalment: .deferred
    case .transferIn: .transfers
    case .charge, .release: .held
    case .refund, .credit: .charged
    case .overrun: .uncovered
    }
  }

  /// The account that the amount enters.
  package var destination: Account {
    switch self {
    case .grant, .instalment, .transferIn, .release, .refund, .credit: .available
    case .withdrawal: .funding
    case .deferral: .deferred
    case .transferOut: .transfers
    case .opening, .charge, .debit: .charged
    case .hold: .held
    case .expiry: .expired
    case .overrun: .overrun
    }
  }
}

/// Why an entry was made, where its kind alone does not say it.
package enum EntryReason: String, Hashable, Sendable, CaseIterable {
  case nodeFailure = "node-failure"
  /// The run was lost: Slurm no longer knows it, without any record of its end.
  case vanished
  case bootFailure = "boot-failure"
  case preempted
  case administratorCancel = "administrator-cancel"
  /// By hand: the machine or its software spoilt the run.
  case siteFault = "site-fault"
  /// By hand: given back without a fault of the site.
  case goodwill
  /// By hand: the figure was wrong.
  case miscount
  /// Seconds past the time limit and the grace.
  case pastLimit = "past-limit"
  /// Use after the end of its allocation by a run that its policy lets go on.
  case pastEnd = "past-end"
  /// Slurm started it without Polder and the allocation could not carry it.
  case unplanned
  /// Use taken over from an earlier accounting.
  case takenOver = "taken-over"
  /// Left over at the end of one allocation's window and moved to the next.
  case carriedOver = "carried-over"
}

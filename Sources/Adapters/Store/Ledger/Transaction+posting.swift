import Domain
import Ledger
import Lifecycle
import Postgres

/// The books in Postgres. What may be posted is decided here as `Books` decides it; the balance
/// follows by a trigger.
extension Transaction {
  /// Posts one act of an apply or of the calendar. Those about runs are posted by what happens to
  /// the run.
  borrowing func post(
    _ posting: Posting, now: Instant
  ) throws(PostgresError) -> PostingResult {
    switch posting {
    case .grant(let id, let allocation, let amount, let effective):
      return try post(
        Entry.draft(id, .grant, allocation, amount, effective: effective, now: now),
        opensAccounts: true)
    case .withdraw(let id, let allocation, let amount, let effective):
      return try post(
        Entry.draft(id, .withdrawal, allocation, amount, effective: effective, now: now))
    case .open(let id, let allocation, let amount, let effective):
      return try post(
        Entry.draft(
          id, .opening, allocation, amount, reason: .takenOver, effective: effective, now: now))
    case .expire(let id, let allocation, _, let effective):
      guard try entry(id) == nil else { return .alreadyPosted }
      guard let balance = try lockedBalance(of: allocation) else {
        return .refused(.unknownAllocation(allocation))
      }
      guard balance.available > .zero else { return .posted([]) }
      return try post(
        Entry.draft(id, .expiry, allocation, balance.available, effective: effective, now: now))
    case .hold(let run, _, _, _, _), .extend(let run, _, _, _), .settle(let run, _, _),
      .refund(let run, _, _), .overrun(let run, _, _, _, _):
      throw .decoding("what is about run \(run) is posted by the run's own step")
    case .deferral, .instalment, .transfer, .correct:
      throw .decoding("the tables have no such entries yet")
    }
  }

  /// Writes entries about a run that the caller has found to be allowed. They are booked in the
  /// month of the run.
  borrowing func post(_ entries: [Entry], of run: RunRecord) throws(PostgresError) {
    try later(.postEntry, sets: entries.map { $0.columns + [.instant(run.committed)] })
  }

  /// Nil before the first grant. Nobody else changes it until this transaction ends.
  borrowing func lockedBalance(of allocation: AllocationID) throws(PostgresError) -> Balance? {
    try query(.lockBalances, [.textArray([allocation.text])]).onlyOrNone()?.balance()
  }

  borrowing func balances() throws(PostgresError) -> [AllocationID: Balance] {
    var balances: [AllocationID: Balance] = [:]
    for row in try query(.balances) {
      balances[try row.identifier("allocation")] = try row.balance()
    }
    return balances
  }

  private borrowing func post(
    _ draft: Entry.Draft, opensAccounts: Bool = false
  ) throws(PostgresError) -> PostingResult {
    // Locked first, so that of two equal postings at once the second sees the first.
    let balance = try lockedBalance(of: draft.allocation)
    if let standing = try entry(draft.id) {
      let same = draft.entry.map { standing.saysTheSame(as: $0) } ?? false
      return same ? .alreadyPosted : .refused(.differentEntryExists(draft.id))
    }
    guard opensAccounts || balance != nil else {
      return .refused(.unknownAllocation(draft.allocation))
    }
    guard let entry = draft.entry else { return .refused(.amountOutOfRange(draft.amount)) }
    let standing = balance ?? Balance()
    guard entry.kind.source != .available || entry.amount <= standing.available else {
      return .refused(
        .insufficient(
          entry.allocation, requested: entry.amount, available: standing.available,
          held: standing.held))
    }
    try execute(.postEntry, entry.columns + [.instant(entry.recorded)])
    return .posted([entry])
  }

  private borrowing func entry(_ id: EntryID) throws(PostgresError) -> Entry? {
    try query(.entry, [.text(id.text)]).onlyOrNone()?.entry()
  }
}

extension Entry {
  /// The parameters of `post_entry.sql`, without the last.
  fileprivate var columns: [Value] {
    [.text(id.text), .text(kind.rawValue), .id(allocation), .amount(amount)]
      + (run?.key ?? [.null, .null, .null])
      + [
        .optionalText(reason?.rawValue), .optionalText(corrects?.text), .instant(effective),
        .instant(recorded), .integer(part),
      ]
  }
}

extension Row {
  func entry() throws(PostgresError) -> Entry {
    let amount = try amount("amount_gpu_ms")
    guard amount > .zero else { throw .decoding("an entry moves nothing") }
    let isAboutARun = try optionalInt64("job") != nil
    return Entry(
      id: EntryID(try text("id")), kind: try choice("kind"),
      allocation: try identifier("allocation"), amount: amount,
      run: isAboutARun ? try runID() : nil, part: try integer("part"),
      reason: try optionalChoice("reason"),
      corrects: try optionalText("corrects").map { EntryID($0) },
      effective: try instant("effective_at"), recorded: try instant("recorded_at"))
  }
}

import Domain
import Ledger
import Lifecycle
import Postgres

/// The books as they stand for one transaction: nobody closes a period until it ends.
struct OpenBooks: Sendable {
  /// The store's clock.
  let now: Instant
  /// Where the books are open, or nil if nothing was closed.
  let openFrom: Instant?
  /// Which description of the centre holds.
  let centreVersion: Int64

  init(now: Instant, openFrom: Instant?, centreVersion: Int64) {
    self.now = now
    self.openFrom = openFrom
    self.centreVersion = centreVersion
  }
}

/// How the store writes entries. What may be posted is decided as `Books` decides it; balances and
/// uses of caps follow by triggers.
extension Transaction {
  /// Opens the books for writing, before any row is locked: locks are taken in the order books,
  /// jobs, tasks, balances, caps.
  borrowing func openBooks() throws(PostgresError) -> OpenBooks {
    // Two statements, so that the second sees what was closed while the first waited.
    try queries([(.shareBooks, []), (.booksClock, [])])[1].only().openBooks()
  }

  /// Writes entries that the caller has found to be allowed. They are booked when they are
  /// recorded, or with the run that they are about.
  borrowing func write(
    _ entries: [Entry], booked: Instant? = nil, _ books: OpenBooks
  ) throws(PostgresError) -> PostingResult {
    let admitted = entries.map { $0.admitted(openFrom: books.openFrom) }
    try later(
      .postEntries,
      rows: admitted.map { $0.columns(booked: $0.run == nil ? $0.recorded : booked ?? $0.recorded) }
    )
    return .posted(admitted)
  }

  /// Nil before the first grant. Nobody else changes it until this transaction ends.
  borrowing func lockedBalance(of allocation: AllocationID) throws(PostgresError) -> Balance? {
    try lockedBalances(of: [allocation])[allocation]
  }

  /// Of those that have accounts, locked in the order of their ids.
  borrowing func lockedBalances(
    of allocations: Set<AllocationID>
  ) throws(PostgresError) -> [AllocationID: Balance] {
    try query(.lockBalances, [.textArray(allocations.sorted().map(\.text))]).balances()
  }

  borrowing func balances() throws(PostgresError) -> [AllocationID: Balance] {
    try query(.balances).balances()
  }

  borrowing func entry(_ id: EntryID) throws(PostgresError) -> Entry? {
    try query(.entry, [.text(id.text)]).onlyOrNone()?.entry()
  }

  /// Of those that stand, in the order of their ids as given.
  borrowing func standing(_ ids: [EntryID]) throws(PostgresError) -> [Entry] {
    var entries: [Entry] = []
    for id in ids { if let entry = try entry(id) { entries.append(entry) } }
    return entries
  }

  /// Nil for an allocation that never was.
  borrowing func windowEnd(of allocation: AllocationID) throws(PostgresError) -> Instant? {
    try query(.windowEnd, [.id(allocation)]).onlyOrNone()?.instant("window_to")
  }
}

extension Entry {
  /// The parameters of `post_entries.sql`.
  func columns(booked: Instant) -> [Value] {
    [.text(id.text), .text(kind.rawValue), .id(allocation), .amount(amount)]
      + (run?.key ?? [.null, .null, .null])
      + [
        .optionalText(reason?.rawValue), .optionalText(corrects?.text), .instant(effective),
        .instant(recorded), .integer(part), .instant(booked),
        .optionalText(approval?.requestedBy), .optionalText(approval?.approvedBy),
        belated.map { .instant($0.start) } ?? .null,
      ]
  }
}

extension Rows {
  /// Of rows with the column `allocation` and those of a balance.
  func balances() throws(PostgresError) -> [AllocationID: Balance] {
    var balances: [AllocationID: Balance] = [:]
    for row in self { balances[try row.identifier("allocation")] = try row.balance() }
    return balances
  }

  /// Of `lock_balances.sql`: when what was taken last otherwise than by a start is effective.
  func taken() throws(PostgresError) -> [AllocationID: Instant] {
    var taken: [AllocationID: Instant] = [:]
    for row in self {
      taken[try row.identifier("allocation")] = try row.optionalInstant("taken_at")
    }
    return taken
  }
}

extension Row {
  /// Of `books_clock.sql`.
  func openBooks() throws(PostgresError) -> OpenBooks {
    OpenBooks(
      now: try instant("now"), openFrom: try optionalInstant("open_from"),
      centreVersion: try int64("centre_version"))
  }

  func entry() throws(PostgresError) -> Entry {
    let amount = try amount("amount_gpu_ms")
    guard amount > .zero else { throw .decoding("an entry moves nothing") }
    let isAboutARun = try optionalInt64("job") != nil
    var approval: Approval?
    if let requestedBy = try optionalText("requested_by") {
      approval = Approval(requestedBy: requestedBy, approvedBy: try text("approved_by"))
    }
    return Entry(
      id: EntryID(try text("id")), kind: try choice("kind"),
      allocation: try identifier("allocation"), amount: amount,
      run: isAboutARun ? try runID() : nil, part: try integer("part"),
      reason: try optionalChoice("reason"),
      corrects: try optionalText("corrects").map { EntryID($0) }, approval: approval,
      belated: try optionalMonth("belated_month"),
      effective: try instant("effective_at"), recorded: try instant("recorded_at"))
  }
}

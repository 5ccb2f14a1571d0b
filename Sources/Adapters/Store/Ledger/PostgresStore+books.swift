package import Domain
package import Ledger
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  package func post(
    _ posting: Posting, ifStill judged: Centre?, note: String, audit line: AuditLine
  ) async throws(StoreError) -> PostingResult? {
    try await write(announced: true) { tx throws(PostgresError) in
      // Of two equal first grants at once the second sees the first.
      if case .grant = posting { try tx.execute(.lockCentre) }
      let books = try tx.openBooks()
      let centre = try self.centre(tx, version: books.centreVersion)
      guard judged == nil || judged == centre else {
        tx.abandon()
        return nil
      }
      let result = try tx.post(posting, books, centre)
      guard case .posted(let entries) = result, !entries.isEmpty else {
        tx.abandon()
        return result
      }
      if !note.isEmpty, let act = entries.first?.act {
        try tx.later(.addActNote, [.text(act.text), .text(note)])
      }
      try tx.audit(line)
      return result
    }
  }

  package func notes(of acts: [EntryID]) async throws(StoreError) -> [EntryID: ActNote] {
    guard !acts.isEmpty else { return [:] }
    return try await read { tx throws(PostgresError) in
      var notes: [EntryID: ActNote] = [:]
      for row in try tx.query(.actNotes, [.textArray(acts.map(\.text))]) {
        notes[EntryID(try row.text("act"))] = ActNote(
          text: try row.text("note"),
          allocations: try row.textArray("allocations").compactMap { AllocationID($0) })
      }
      return notes
    }
  }

  package func standing(_ ids: [EntryID]) async throws(StoreError) -> [Entry] {
    try await read { tx throws(PostgresError) in try tx.standing(ids) }
  }

  /// So many places in the order of posting are looked at in one step.
  private static let stride: Int64 = 20_000

  package func entries(_ filter: EntryFilter) async throws(StoreError) -> EntryPage {
    let limit = max(filter.limit, 1)
    let bounds: [Value] = [
      .optionalInstant(filter.effectiveFrom), .optionalInstant(filter.effectiveTo),
      .optionalInstant(filter.recordedBefore), .integer(limit + 1),
    ]
    return try await read { tx throws(PostgresError) in
      var after = filter.after?.seq ?? 0
      if filter.project != nil || filter.allocation != nil {
        let keys: [Value] = [
          .optionalID(filter.project), .optionalID(filter.allocation), .int64(after),
        ]
        return try tx.query(.allocationEntries, keys + bounds).entryPage(limit)
      }
      let last = try tx.query(.lastEntry).only().int64("seq")
      let those: Value =
        filter.allocations.map { .textArray($0.map(\.text).sorted()) } ?? .null
      var found: [(EntryCursor, Entry)] = []
      while after < last, found.count <= limit {
        let through = after + Self.stride
        found += try tx.query(.entryRange, [.int64(after), .int64(through)] + bounds + [those])
          .places()
        after = through
      }
      return EntryPage(found, limit: limit)
    }
  }

  package func balances(
    of allocations: [AllocationID], effectiveBefore effective: Instant?,
    recordedBefore recorded: Instant?
  ) async throws(StoreError) -> [AllocationID: Balance] {
    try await read { tx throws(PostgresError) in
      try tx.balances(of: allocations, effectiveBefore: effective, recordedBefore: recorded)
        .filter { $0.value != Balance() }
    }
  }

  package func capUses() async throws(StoreError) -> [CapStanding] {
    try await read { tx throws(PostgresError) in
      let now = try tx.now()
      let uses = try tx.capUses(at: now)
      return try self.centre(tx).caps(at: now)
        .map { CapStanding(cap: $0, use: uses[$0.id] ?? CapUse()) }
    }
  }
}

extension Transaction {
  borrowing func balances(
    of allocations: [AllocationID], effectiveBefore effective: Instant?,
    recordedBefore recorded: Instant? = nil
  ) throws(PostgresError) -> [AllocationID: Balance] {
    try query(
      .balancesAsOf,
      [
        .textArray(allocations.map(\.text)), .optionalInstant(effective),
        .optionalInstant(recorded),
      ]
    ).balances()
  }

  /// As it stands while it is under way.
  borrowing func openRun(_ id: RunID) throws(PostgresError) -> RunRecord? {
    try query(
      .runsByKey, [id.task].keyColumns + [.int64Array([Int64(id.attempt)])]
    ).onlyOrNone()?.run()
  }

  /// Books more for a run under way, whose task is locked.
  borrowing func extend(
    _ run: RunRecord, by more: GPUTime, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> PostingResult {
    let number = try entries(of: run.id, run.committed).count { $0.kind == .hold }
    let balance = try lockedBalance(of: run.allocation)
    // What came in while it waited was not there before.
    let draft = Entry.draft(
      .hold(run.id, part: number), .hold, run.allocation, more, run: run.id, part: number,
      effective: nil, now: try now())
    guard draft.entry != nil else { return .refused(.amountOutOfRange(more)) }
    guard let hold = run.hold, hold > .zero else { return .refused(.noOpenHold(run.id)) }
    if let refusal = draft.refusal(against: balance, openFrom: books.openFrom) {
      return .refused(refusal)
    }
    let caps = try lockedCaps(of: run.id, committed: run.committed, centre)
    if let refusal = caps.reached(by: more, above: run.id) { return .refused(refusal) }
    return try write([draft].compactMap(\.entry), booked: run.committed, books)
  }
}

extension Rows {
  /// Entries with their places, which are columns `seq`.
  func places() throws(PostgresError) -> [(EntryCursor, Entry)] {
    var places: [(EntryCursor, Entry)] = []
    for row in self { places.append((EntryCursor(seq: try row.int64("seq")), try row.entry())) }
    return places
  }

  fileprivate func entryPage(_ limit: Int) throws(PostgresError) -> EntryPage {
    EntryPage(try places(), limit: limit)
  }
}

extension EntryPage {
  /// - Parameter found: one more than the limit if there is a next page.
  fileprivate init(_ found: [(EntryCursor, Entry)], limit: Int) {
    let page = found.prefix(limit)
    self.init(
      entries: page.map(\.1), next: page.count < found.count ? page.last?.0 : nil)
  }
}

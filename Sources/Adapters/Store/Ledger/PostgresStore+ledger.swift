package import Domain
package import Ledger
import Postgres
package import Services

extension PostgresStore {
  /// Entries are read in pages of so many.
  private static let page = 10_000

  package func balances() async throws(StoreError) -> [AllocationID: Balance] {
    try await read { tx throws(PostgresError) in try tx.balances() }
  }

  package func entries(of project: ProjectID) async throws(StoreError) -> [Entry] {
    try await read { tx throws(PostgresError) in
      var entries: [Entry] = []
      var before: Int64? = nil
      while true {
        let page = try tx.query(
          .projectEntries, [.id(project), .optionalInt64(before), .integer(Self.page)])
        var older: [Entry] = []
        for row in page { older.append(try row.entry()) }
        entries = older + entries
        guard older.count == Self.page else { return entries }
        before = try page.first?.int64("seq")
      }
    }
  }

  /// Lets expire what is available once the window has ended by the store's clock; nothing before.
  package func expire(_ allocation: AllocationID) async throws(StoreError) {
    try await write(announced: true) { tx throws(PostgresError) in
      let now = try tx.now()
      guard let end = try tx.windowEnd(of: allocation), end <= now,
        case .posted(let entries) = try tx.post(
          .expire(
            EntryID("expiry:\(allocation):\(now.milliseconds)"), allocation, effective: end),
          now: now),
        !entries.isEmpty
      else { return tx.abandon() }
    }
  }

  package func releaseInstalment(of allocation: AllocationID) async throws(StoreError) {
    try await write(announced: true) { tx throws(PostgresError) in
      let (now, centre) = (try tx.now(), try self.centre(tx))
      guard let balance = try tx.lockedBalance(of: allocation) else { return tx.abandon() }
      let due = balance.deferred - centre.deferred(of: allocation, balance, at: now)
      guard due > .zero,
        case .posted = try tx.post(
          .instalment(
            EntryID("instalment:\(allocation):\(now.milliseconds)"), allocation, due,
            effective: now),
          now: now)
      else { return tx.abandon() }
    }
  }

  package func audit() async throws(StoreError) -> BooksAudit {
    try await read { tx throws(PostgresError) in try tx.audit() }
  }

  package func glance() async throws(StoreError) -> BooksAudit {
    try await read { tx throws(PostgresError) in try tx.glance() }
  }

  /// Makes the months ahead, where they are missing; how many.
  @discardableResult
  package func makeMonths() async throws(StoreError) -> Int {
    try await write { tx throws(PostgresError) in
      try tx.query(.makePartitions).only().integer("made")
    }
  }
}

extension Transaction {
  /// Nil for an allocation that never was.
  borrowing func windowEnd(of allocation: AllocationID) throws(PostgresError) -> Instant? {
    try query(.windowEnd, [.id(allocation)]).onlyOrNone()?.instant("window_to")
  }
}

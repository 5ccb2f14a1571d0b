package import Domain
package import Ledger
import Postgres
package import Services

extension PostgresStore {
  package func balances() async throws(StoreError) -> [AllocationID: Balance] {
    try await read { tx throws(PostgresError) in try tx.balances() }
  }

  package func entries(of project: ProjectID) async throws(StoreError) -> [Entry] {
    try await read { tx throws(PostgresError) in
      var entries: [Entry] = []
      let limit: Value = .int64(100_000)
      for row in try tx.query(.projectEntries, [.id(project), .optionalInt64(nil), limit]) {
        entries.append(try row.entry())
      }
      return entries
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
    try await read { tx throws(PostgresError) in
      var wrong: [AllocationID] = []
      for row in try tx.query(.wrongBalances) { wrong.append(try row.identifier("allocation")) }
      var stray: [RunID] = []
      for row in try tx.query(.strayHolds) { stray.append(try row.runID()) }
      let counts = try tx.query(.auditCounts).only()
      return BooksAudit(
        wrong: wrong, strayHolds: stray, openHolds: try counts.integer("open_holds"),
        waitingTasks: try counts.integer("waiting_tasks"),
        runningTasks: try counts.integer("running_tasks"), asOf: try tx.now())
    }
  }
}

extension Transaction {
  /// Nil for an allocation that never was.
  borrowing func windowEnd(of allocation: AllocationID) throws(PostgresError) -> Instant? {
    try query(.windowEnd, [.id(allocation)]).onlyOrNone()?.instant("window_to")
  }
}

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

  package func entries(of projects: [ProjectID]) async throws(StoreError) -> [Entry] {
    try await read { tx throws(PostgresError) in
      var entries: [Entry] = []
      for project in projects { entries += try tx.entries(of: project, pageSize: Self.page) }
      return entries
    }
  }

  /// Closes the window once it has ended by the store's clock: what is available or deferred is
  /// carried over as its programme allows, and the rest expires. Nothing before.
  package func expire(_ allocation: AllocationID) async throws(StoreError) {
    try await write(announced: true) { tx throws(PostgresError) in
      let books = try tx.openBooks()
      let centre = try self.centre(tx, version: books.centreVersion)
      guard let end = try tx.windowEnd(of: allocation), end <= books.now else {
        return tx.abandon()
      }
      // Locked with the one that it may be carried over to, in the order of their ids.
      let next = centre.carryOver(of: allocation, Balance())?.to
      let balances = try tx.lockedBalances(of: Set([allocation] + [next].compactMap { $0 }))
      guard let balance = balances[allocation],
        case .posted(let entries) = try tx.post(
          .expire(
            EntryID("expiry:\(allocation):\(books.now.milliseconds)"), allocation,
            carry: centre.carryOver(of: allocation, balance), effective: end),
          books, centre),
        !entries.isEmpty
      else { return tx.abandon() }
    }
  }

  package func releaseInstalment(of allocation: AllocationID) async throws(StoreError) {
    try await write(announced: true) { tx throws(PostgresError) in
      let books = try tx.openBooks()
      let centre = try self.centre(tx, version: books.centreVersion)
      guard let balance = try tx.lockedBalance(of: allocation) else { return tx.abandon() }
      let due = balance.deferred - centre.deferred(of: allocation, balance, at: books.now)
      guard due > .zero,
        case .posted = try tx.post(
          .instalment(
            EntryID("instalment:\(allocation):\(books.now.milliseconds)"), allocation, due,
            effective: nil),
          books, centre)
      else { return tx.abandon() }
    }
  }

  package func audit() async throws(StoreError) -> BooksAudit {
    try await read { tx throws(PostgresError) in try tx.audit() }
  }

  package func wrongBalances() async throws(StoreError) -> [AllocationID] {
    try await readPatiently { tx throws(PostgresError) in try tx.wrongBalances() }
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
  /// All of a project, read in pages from the latest to the first.
  fileprivate borrowing func entries(
    of project: ProjectID, pageSize: Int
  ) throws(PostgresError) -> [Entry] {
    var pages: [[Entry]] = []
    var before: Int64? = nil
    while true {
      let rows = try query(
        .projectEntries, [.id(project), .optionalInt64(before), .integer(pageSize)])
      var page: [Entry] = []
      for row in rows { page.append(try row.entry()) }
      pages.append(page)
      guard page.count == pageSize else { return pages.reversed().flatMap { $0 } }
      before = try rows.first?.int64("seq")
    }
  }
}

package import Domain
import Postgres
package import Services

/// The books summed anew from their entries, in one picture.
package struct Verification: Hashable, Sendable {
  /// What was booked of one kind; amounts in GPU-milliseconds, as text since they have no bound.
  package struct Sum: Hashable, Sendable, Codable {
    package let kind: String
    package let entries: Int64
    package let total: String
  }

  /// By kind.
  package let sums: [Sum]
  package let audit: BooksAudit
  /// Closed periods whose entries are not those that they were closed with.
  package let brokenPeriods: [AccountingPeriod]
  /// The first that is closed and has no seal.
  package let unsealed: AccountingPeriod?
  package let rowsOutsideMonths: Int
  /// Triggers, constraints, indexes and policies that are missing or off, in words.
  package let unguarded: [String]

  package var entries: Int64 { sums.map(\.entries).reduce(0, +) }

  /// What is wrong with the books, a line each.
  package var bookFaults: [String] {
    audit.wrong.map {
      "the balance of allocation \($0) does not follow from its entries, or is below zero"
    }
      + audit.strayHolds.map { "the hold of run \($0) does not agree with what is under way" }
      + audit.wrongCaps.map { "the use of cap \($0) does not follow from the entries" }
      + audit.unbalanced
      + brokenPeriods.map {
        "period \($0) has other entries, or other frozen facts, than it was closed with"
      }
      + [unsealed].compactMap { $0 }.map {
        "period \($0) was closed and has no seal: polderd seals it when it starts"
      }
      + unguarded
  }

  /// All that is wrong, a line each; empty if all is right.
  package var faults: [String] {
    guard rowsOutsideMonths > 0 else { return bookFaults }
    return bookFaults + [
      "\(rowsOutsideMonths) rows stand outside all months: `polder admin migrate` makes the months"
    ]
  }
}

extension StoreAdministration {
  /// Sums everything. As the owner, or as an auditor, of whom it is recorded.
  package func verify() async throws(StoreError) -> Verification {
    try await withPool { pool async throws(StoreError) in
      try await Migrator(pool: pool).requireUpToDate()
      do throws(PostgresError) {
        let isNoted = try await pool.transaction(.snapshot) { tx throws(PostgresError) in
          try tx.query(.readingIsNoted).only().bool("is_noted")
        }
        let mode = TransactionMode(isolation: .repeatableRead, isReadOnly: !isNoted)
        return try await pool.transaction(mode) { tx throws(PostgresError) in
          try tx.verification()
        }
      } catch {
        throw StoreError(error)
      }
    }
  }
}

extension Transaction {
  borrowing func verification() throws(PostgresError) -> Verification {
    try sumByMonth()
    var sums: [Verification.Sum] = []
    for row in try query(.bookSums) {
      sums.append(
        Verification.Sum(
          kind: try row.text("kind"), entries: try row.int64("entries"),
          total: try row.text("total_gpu_ms")))
    }
    var unguarded: [String] = []
    for row in try query(.unguarded) { unguarded.append(try row.text("what")) }
    return Verification(
      sums: sums, audit: try audit(), brokenPeriods: try brokenPeriods(),
      unsealed: try firstUnsealed(try query(.booksClock).only().openBooks()),
      rowsOutsideMonths: try query(.rowsOutsideMonths).only().integer("rows"),
      unguarded: unguarded)
  }

  /// Months are summed one by one.
  private borrowing func sumByMonth() throws(PostgresError) {
    try run(script: "SET LOCAL enable_partitionwise_aggregate = on; SET LOCAL work_mem = '64MB'")
  }

  /// Those of which balance, days, use or worth do not follow from their entries, in order.
  borrowing func wrongBalances() throws(PostgresError) -> [AllocationID] {
    try sumByMonth()
    var wrong: [AllocationID] = []
    for row in try query(.wrongBalances) { wrong.append(try row.identifier("allocation")) }
    return wrong
  }

  private borrowing func brokenPeriods() throws(PostgresError) -> [AccountingPeriod] {
    var broken: [AccountingPeriod] = []
    for closed in try closedPeriods() where try seal(of: closed.period) != closed.seal {
      broken.append(closed.period)
    }
    return broken
  }

  /// Balances and holds against the entries.
  borrowing func audit() throws(PostgresError) -> BooksAudit {
    var stray: [RunID] = []
    for row in try query(.strayHolds) { stray.append(try row.runID()) }
    var caps: [CapID] = []
    for row in try query(.wrongCaps) { caps.append(try row.identifier("cap")) }
    var unbalanced: [String] = []
    for row in try query(.unbalanced) { unbalanced.append(try row.text("what")) }
    return try audit(
      wrong: .wrongBalances, strayHolds: stray, wrongCaps: caps, unbalanced: unbalanced)
  }

  /// What costs no more when the books are old.
  borrowing func glance() throws(PostgresError) -> BooksAudit {
    try audit(wrong: .wrongAtAGlance, strayHolds: [])
  }

  private borrowing func audit(
    wrong query: Query, strayHolds: [RunID], wrongCaps: [CapID] = [], unbalanced: [String] = []
  ) throws(PostgresError) -> BooksAudit {
    var wrong: [AllocationID] = []
    for row in try self.query(query) { wrong.append(try row.identifier("allocation")) }
    let counts = try self.query(.auditCounts).only()
    return BooksAudit(
      wrong: wrong, strayHolds: strayHolds, wrongCaps: wrongCaps, unbalanced: unbalanced,
      openHolds: try counts.integer("open_holds"),
      waitingTasks: try counts.integer("waiting_tasks"),
      runningTasks: try counts.integer("running_tasks"), asOf: try now())
  }
}

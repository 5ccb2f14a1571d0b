package import Domain
import Ledger
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// Balances come from the sums by day, entries from the ledger itself: the one proves the other.
  package func statementFacts(
    of project: ProjectID, period: Range<Instant>, most: Int, system: String
  ) async throws(StoreError) -> StatementFacts {
    guard most > Self.promptEntries else {
      return try await read { tx throws(PostgresError) in
        try tx.statementFacts(of: project, period, most: most, system)
      }
    }
    return try await readPatiently { tx throws(PostgresError) in
      try tx.statementFacts(of: project, period, most: most, system)
    }
  }

  /// Where more are asked for they are read patiently: on connections for that, of which there are few.
  private static let promptEntries = 50_000
}

extension Transaction {
  fileprivate borrowing func statementFacts(
    of project: ProjectID, _ period: Range<Instant>, most: Int, _ system: String
  ) throws(PostgresError) -> StatementFacts {
    let asOf = min(try now(), period.upperBound)
    let standing = try standing(over: period, until: asOf)
    let own = StatementFacts.allocations(of: project, in: standing.centre)
    var entries: [Entry] = []
    for id in own where entries.count <= most {
      entries += try self.entries(of: id, from: period.lowerBound, to: asOf, most: most)
    }
    return StatementFacts(
      form: standing.form, system: standing.system ?? system, project: project, period: period,
      asOf: asOf, centre: standing.centre,
      months: MonthStanding.all(of: period, closings: standing.closings),
      opening: try balances(of: own, effectiveBefore: period.lowerBound),
      closing: try balances(of: own, effectiveBefore: asOf), entries: entries)
  }

  /// Those that are effective in a time, in order of posting; read in pages until they are too many.
  fileprivate borrowing func entries(
    of allocation: AllocationID, from: Instant, to: Instant, most: Int
  ) throws(PostgresError) -> [Entry] {
    let page = 10_000
    var entries: [Entry] = []
    var after: Int64 = 0
    while true {
      let rows = try query(
        .allocationEntries,
        [
          .null, .id(allocation), .int64(after), .instant(from), .instant(to), .null,
          .integer(page),
        ]
      ).places()
      entries += rows.map(\.1)
      guard rows.count == page, entries.count <= most, let last = rows.last else {
        return entries
      }
      after = last.0.seq
    }
  }
}

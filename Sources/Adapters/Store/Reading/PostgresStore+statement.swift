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
    try await read { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      let standing = try tx.standing(over: period, until: asOf)
      let own = StatementFacts.allocations(of: project, in: standing.centre)
      var entries: [Entry] = []
      for id in own where entries.count <= most {
        entries += try tx.entries(of: id, from: period.lowerBound, to: asOf, most: most)
      }
      return StatementFacts(
        form: standing.form, system: standing.system ?? system, project: project, period: period,
        asOf: asOf, centre: standing.centre,
        months: MonthStanding.all(of: period, closings: standing.closings),
        opening: try tx.balances(of: own, effectiveBefore: period.lowerBound),
        closing: try tx.balances(of: own, effectiveBefore: asOf), entries: entries)
    }
  }
}

extension Transaction {
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

import Domain
import Ledger
import Postgres
import Reporting
package import Services

extension PostgresStore {
  package func read(
    _ range: JournalRange, into reader: any JournalReader
  ) async throws(StoreError) {
    try await read { tx throws(PostgresError) in try tx.read(range, into: reader) }
  }
}

extension Transaction {
  /// So many entries at most are in memory.
  private static let journalPage = 5_000
  /// The time that is covered is cut so that about as many are sorted at once.
  private static let journalWindow = 20_000

  fileprivate borrowing func read(
    _ range: JournalRange, into reader: any JournalReader
  ) throws(PostgresError) {
    // Sums of all there is are longer than what a member waits for.
    try run(script: "SET LOCAL statement_timeout = 600000")
    let opening = try journalOpening(range)
    guard reader.begin(opening), let first = opening.first, let last = opening.last else { return }
    let windows = Int64(opening.shownCount / Self.journalWindow + 1)
    let span = last.milliseconds - first.milliseconds + 1
    for window in 0..<windows {
      // Multiplied in two parts: the product of a span of centuries and many windows is large.
      let bounds = [window, window + 1].map { part in
        Instant(
          milliseconds: first.milliseconds + span / windows * part + span % windows * part / windows
        )
      }
      var place = (effective: bounds[0], seq: Int64(0))
      while true {
        let rows = try query(
          .journalPage,
          [
            .textArray(range.projects.map(\.text)), .instant(place.effective),
            .int64(place.seq), .instant(bounds[1]), .integer(Self.journalPage),
          ])
        let page = try rows.places()
        guard let end = page.last else { break }
        guard reader.take(page.map(\.1)) else { return }
        place = (end.1.effective, end.0.seq)
        if page.count < Self.journalPage { break }
      }
    }
  }

  private borrowing func journalOpening(
    _ range: JournalRange
  ) throws(PostgresError) -> JournalOpening {
    var (count, shown): (Int, Int) = (0, 0)
    var bounds: [Instant] = []
    var allocations: [AllocationID] = []
    for row in try query(
      .journalOpening,
      [
        .textArray(range.projects.map(\.text)), .optionalInstant(range.from),
        .optionalInstant(range.to),
      ])
    {
      count += try row.integer("entries")
      shown += try row.integer("shown")
      bounds += [try row.optionalInstant("first_at"), try row.optionalInstant("last_at")]
        .compactMap { $0 }
      allocations.append(try row.identifier("allocation"))
    }
    var balances: [AllocationID: Balance] = [:]
    if let from = range.from {
      let own = Set(allocations)
      balances = try query(.balancesAsOf, [.instant(from), .null]).balances()
        .filter { own.contains($0.key) }
    }
    return JournalOpening(
      entryCount: count, shownCount: shown, first: bounds.min(), last: bounds.max(),
      allocations: allocations.sorted(), balances: balances)
  }
}

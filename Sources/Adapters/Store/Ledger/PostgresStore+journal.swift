import Domain
import Ledger
import Postgres
import Reporting
package import Services

extension PostgresStore {
  package func read(
    _ range: JournalRange, into reader: any JournalReader
  ) async throws(StoreError) {
    try await readPatiently { tx throws(PostgresError) in try tx.read(range, into: reader) }
  }
}

extension Transaction {
  /// So many entries at most are in memory.
  private static let journalPage = 5_000
  /// The time that is covered is cut so that about as many are sorted at once: many days, or a part of
  /// one.
  private static let journalWindow = 20_000

  fileprivate borrowing func read(
    _ range: JournalRange, into reader: any JournalReader
  ) throws(PostgresError) {
    let opening = try journalOpening(range)
    guard reader.begin(opening), let first = opening.first, let last = opening.last else { return }
    let all = first..<Instant(milliseconds: last.milliseconds + 1)
    for window in try journalWindows(range.projects, all) {
      var place = (effective: window.lowerBound, seq: Int64(0))
      while true {
        let rows = try query(
          .journalPage,
          [
            .textArray(range.projects.map(\.text)), .instant(place.effective),
            .int64(place.seq), .instant(window.upperBound), .integer(Self.journalPage),
          ])
        let page = try rows.places()
        guard let end = page.last else { break }
        // Acts by hand, of which there are few: each is looked up by its id.
        let others = try standing(page.compactMap(\.1.otherHalf))
        let counterparts = Dictionary(others.map { ($0.id, $0.allocation) }) { first, _ in first }
        guard reader.take(page.map(\.1), counterparts: counterparts) else { return }
        place = (Instant(seconds: end.1.effective.wholeSeconds), end.0.seq)
        if page.count < Self.journalPage { break }
      }
    }
  }

  /// Stretches of time, in order, that have all entries between them.
  private borrowing func journalWindows(
    _ projects: [ProjectID], _ all: Range<Instant>
  ) throws(PostgresError) -> [Range<Instant>] {
    var windows: [Range<Instant>] = []
    // Days that are in no window yet.
    var open: (since: Instant, entries: Int)? = nil
    let days = try query(
      .journalDays,
      [.textArray(projects.map(\.text)), .instant(all.lowerBound), .instant(all.upperBound)])
    for row in days {
      let (day, entries) = (try row.day("day"), try row.integer("entries"))
      let hours = day.start..<day.advanced(days: 1).start
      if let few = open, few.entries + entries > Self.journalWindow {
        windows.append(few.since..<hours.lowerBound)
        open = nil
      }
      guard entries > Self.journalWindow else {
        open = (open?.since ?? hours.lowerBound, (open?.entries ?? 0) + entries)
        continue
      }
      let parts = Int64(entries / Self.journalWindow + 1)
      let edges = (0...parts).map { hours.lowerBound + Seconds(86_400 * $0 / parts) }
      windows += zip(edges, edges.dropFirst()).map { $0..<$1 }
    }
    if let few = open { windows.append(few.since..<all.upperBound) }
    return windows.map { $0.clamped(to: all) }
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
    func kept(before moment: Instant?) throws(PostgresError) -> [AllocationID: Balance] {
      guard let moment else {
        let own = Set(allocations)
        return try self.balances().filter { own.contains($0.key) }
      }
      return try self.balances(of: allocations, effectiveBefore: moment)
    }
    return JournalOpening(
      entryCount: count, shownCount: shown, first: bounds.min(), last: bounds.max(),
      allocations: allocations.sorted(),
      balances: try range.from.map { from throws(PostgresError) in try kept(before: from) } ?? [:],
      closing: try kept(before: range.to))
  }
}

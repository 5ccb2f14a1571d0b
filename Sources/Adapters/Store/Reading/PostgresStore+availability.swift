package import Domain
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// It reads the runs that were begun in the period and shortly before, and their jobs: patiently.
  package func availabilityFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> AvailabilityFacts {
    try await readPatiently { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      let periods = AvailabilityFacts.parts(of: period, asOf: asOf)
      let standings = try tx.standings(over: periods, until: asOf)
      var access: [AccessTimeFacts] = []
      for (part, standing) in zip(periods, standings) {
        access.append(
          try tx.accessTimeFacts(
            part, asOf: min(asOf, part.upperBound), standing, system: system))
      }
      guard let whole = access.last else { return AvailabilityFacts(parts: []) }
      var tallies = PartTallies(access)
      let waits = try tx.query(
        .taskWaits,
        [.instant(whole.period.lowerBound), .instant(asOf)] + tallies.modesOfMonths
          + tallies.modesOfAll)
      for row in waits { try tallies.takeWaits(row) }
      let failures = try tx.query(
        .nodeFailures,
        [
          .instant(whole.period.lowerBound), .instant(asOf),
          .int64(AvailabilityFacts.longestRun.count),
        ])
      for row in failures { try tallies.takeFailures(row) }
      return AvailabilityFacts(
        parts: zip(access, tallies.ordered).map { .init(access: $0, tallies: $1) })
    }
  }
}

/// What is counted of the parts of a period, as rows tell it.
private struct PartTallies {
  private let access: [AccessTimeFacts]
  /// Of each part, by mode; nil for all.
  private var byMode: [[String?: AvailabilityFacts.Tally]]

  init(_ access: [AccessTimeFacts]) {
    self.access = access
    byMode = Array(repeating: [:], count: access.count)
  }

  var ordered: [[AvailabilityFacts.Tally]] {
    byMode.map { $0.values.sorted { ($0.mode ?? "", $0.begun) < ($1.mode ?? "", $1.begun) } }
  }

  // MARK: Modes

  var modesOfMonths: [Value] {
    var months: [Int64?] = []
    var programmes: [String?] = []
    var modes: [String?] = []
    // The whole, behind several months, is none.
    for part in access.count > 1 ? access.dropLast() : access[...] {
      for programme in part.centre.programmes.values.sorted(by: { $0.id < $1.id }) {
        months.append(AccountingPeriod(containing: part.period.lowerBound).start.milliseconds)
        programmes.append(programme.id.text)
        modes.append(programme.mode)
      }
    }
    return [.timestampArray(milliseconds: months), .textArray(programmes), .textArray(modes)]
  }

  var modesOfAll: [Value] {
    let all = access.last?.centre.programmes.values.sorted { $0.id < $1.id } ?? []
    return [.textArray(all.map(\.id.text)), .textArray(all.map(\.mode))]
  }

  // MARK: Rows

  /// Where what is told of a month stands: of one month alone, in the only part.
  private func place(of month: Instant?) -> Int? {
    guard let month else { return access.count - 1 }
    guard access.count > 1 else { return nil }
    let period = AccountingPeriod(containing: month)
    return access.dropLast().firstIndex {
      AccountingPeriod(containing: $0.period.lowerBound) == period
    }
  }

  mutating func takeWaits(_ row: Row) throws(PostgresError) {
    guard let place = place(of: try row.optionalInstant("month")) else { return }
    let (begun, known) = (try row.integer("tasks"), try row.integer("known"))
    guard begun > 0 else { return }
    let mode = try row.optionalText(.name("mode"))
    let (median, p95) = (try row.optionalInt64("median_ms"), try row.optionalInt64("p95_ms"))
    update(place, mode) { tally in
      tally.begun = begun
      guard let median, let p95 else { return }
      tally.waits = Waits(count: known, medianMilliseconds: median, p95Milliseconds: p95)
    }
  }

  mutating func takeFailures(_ row: Row) throws(PostgresError) {
    let programme: ProgrammeID = try row.identifier("programme")
    let runs = try row.integer("runs")
    let last = access.count - 1
    var places = [last]
    if let place = place(of: try row.instant("month")) { places.append(place) }
    for place in places {
      let mode = access[place].centre.programmes[programme]?.mode ?? programme.text
      update(place, mode) { $0.nodeFailures += runs }
      update(place, nil) { $0.nodeFailures += runs }
    }
  }

  private mutating func update(
    _ place: Int, _ mode: String?, _ change: (inout AvailabilityFacts.Tally) -> Void
  ) {
    var tally = byMode[place][mode] ?? AvailabilityFacts.Tally(mode: mode)
    change(&tally)
    byMode[place][mode] = tally
  }
}

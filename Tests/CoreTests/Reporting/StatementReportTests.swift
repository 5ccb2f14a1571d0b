// Why: a statement is added up by hand, in a spreadsheet, by who pays or is paid: column by column it must
// come out, and say where it does not.
import Domain
import Ledger
import Reporting
import Testing

@Suite("the statement of a project") struct StatementReportTests {
  private static let november = AccountingPeriod(containing: SmallSite.at(0)).interval
  private static let third = GPUTime(milliseconds: 1_200_001)

  private static func entry(
    _ id: String, _ kind: EntryKind, _ amount: GPUTime, at seconds: Int64
  ) -> Entry {
    Entry(
      id: EntryID(id), kind: kind, allocation: SmallSite.large, amount: amount,
      effective: SmallSite.at(seconds), recorded: SmallSite.at(seconds + 5))
  }

  /// In order of posting: the charge is effective before the grant that was posted before it.
  private static let entries = [
    entry("hold:P1.1", .hold, .hours(1), at: 10), entry("grant:b", .grant, .hours(9), at: 60),
    entry("charge:P1.1", .charge, third, at: 20),
    entry("release:P1.1", .release, .hours(1) - third, at: 20),
  ]

  private static func facts(
    _ entries: [Entry] = entries, closing: Balance? = nil
  ) -> StatementFacts {
    let opening = Balance(granted: .hours(2), charged: .hours(1))
    return StatementFacts(
      system: "polder", project: SmallSite.project, period: november, asOf: SmallSite.at(100),
      centre: SmallSite.centre, months: MonthStanding.all(of: november, closings: [:]),
      opening: [SmallSite.large: opening],
      closing: [
        SmallSite.large: closing ?? entries.reduce(opening) { $0.after($1.kind, $1.amount) }
      ], entries: entries)
  }

  private func column(_ name: String, _ report: Report) throws -> [String] {
    let place = try #require(report.columns.firstIndex(of: name))
    return report.rows.filter { $0[5] == SmallSite.large.text }.map { $0[place] }
  }

  @Test("has entries in order of time, and what was available after each of them")
  func order() throws {
    let report = StatementReport(Self.facts()).report
    #expect(
      try column("line", report) == [
        "opening balance", "hold", "charge", "release", "grant", "closing balance",
      ])
    #expect(
      try column("available after GPU-ms", report) == [
        "3600000", "0", "0", "2399999", "34799999", "34799999",
      ])
    #expect(
      try column("held GPU-h", report) == [
        "0.0000", "1.0000", "-0.3333", "-0.6667", "", "0.0000",
      ])
    #expect(report.rows.allSatisfy { $0.count == report.columns.count })
    // The other allocation has a window in the month, and nothing in it.
    #expect(report.rows.count == 6 + 2 + 2)
    #expect(report.rows.last?[5...6] == ["all", "closing balance"])
  }

  @Test("an entry has the month that it is of in its row, a balance all months of the period")
  func months() throws {
    let period = Self.november.lowerBound..<Self.november.upperBound + .hours(24)
    let facts = Self.facts()
    let report = StatementReport(
      StatementFacts(
        system: "polder", project: SmallSite.project, period: period, asOf: facts.asOf,
        centre: facts.centre, months: MonthStanding.all(of: period, closings: [:]),
        opening: facts.opening, closing: facts.closing, entries: facts.entries)
    ).report
    let month = AccountingPeriod(containing: SmallSite.at(0))
    let both = "\(month) open; \(month.next) open"
    #expect(
      try column("months", report)
        == [both] + Array(repeating: "\(month) open", count: 4) + [both])
  }

  @Test("the months of a period end with the calendar", .timeLimit(.minutes(1)))
  func calendar() throws {
    let last = try #require(CivilDate("9999-12-31"))
    let months = MonthStanding.all(
      of: try #require(CivilDate("9999-11-05")).start..<last.advanced(days: 1).start, closings: [:])
    #expect(months.map(\.month.description) == ["9999-11", "9999-12"])
    #expect(
      MonthStanding.all(
        of: last.start..<last.advanced(days: 400).start, closings: [:]
      ).count == 1)
  }

  @Test("each column of amounts sums from the first to the last line")
  func sums() throws {
    let report = StatementReport(Self.facts()).report
    for column in 9...15 {
      let cells = report.rows.filter { $0[5] == SmallSite.large.text }
        .map { Double($0[column]) ?? 0 }
      let sum = cells.dropLast().reduce(0, +)
      #expect(abs(sum - (cells.last ?? 0)) < 0.0003, "\(report.columns[column])")
    }
    #expect(StatementReport(Self.facts()).disagreeing.isEmpty)
  }

  @Test("a balance that the entries do not make is found, in whatever part of it")
  func disagreeing() {
    let sum = Self.entries.reduce(Balance(granted: .hours(2), charged: .hours(1))) {
      $0.after($1.kind, $1.amount)
    }
    for change in [\Balance.granted, \.charged, \.held, \.expired, \.overrun, \.transferredIn] {
      var other = sum
      other[keyPath: change] += GPUTime(milliseconds: 1)
      #expect(
        StatementReport(Self.facts(closing: other)).disagreeing == [SmallSite.large], "\(change)")
    }
    #expect(
      StatementReport(Self.facts(Array(Self.entries.dropLast()), closing: sum)).disagreeing
        == [SmallSite.large])
  }
}

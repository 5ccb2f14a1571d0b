// Why: first jobs are read from months of runs by one statement, and must be those of the runs; sums must be
// what access time tells.
import Domain
import Doubles
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("the report of indicators", .serialized, .timeLimit(.minutes(1)))
struct IndicatorsTests {
  private static let line = AuditLine(
    actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "period",
    origin: "a test")

  /// A run of a new job; it never begins if no start is given.
  private func run(
    _ store: PostgresStore, from allocation: AllocationID, committed: Instant, start: Instant?
  ) async throws {
    let run = Example.run(
      try await store.accepted().firstRun, from: allocation, at: committed)
    #expect(try await store.commit(run) == .done)
    guard let start else { return }
    #expect(
      try await store.perform(
        .started(run.id, at: start, weight: run.weight, slurmJobID: 7, devices: [])) == .done)
  }

  private func report(
    _ store: PostgresStore, over period: Range<Instant>
  ) async throws -> (facts: IndicatorsFacts, report: Report) {
    let facts = try await store.indicatorsFacts(period: period, system: "s")
    let report = IndicatorsReport(facts) {
      .init(
        days: DutchCalendar.days(from: $0, to: $1),
        workingDays: DutchCalendar.workingDays(from: $0, to: $1))
    }.report
    let access = AccessTimeReport(
      try await store.accessTimeFacts(period: period, system: "s")
    ).report
    let (told, total) = (try #require(access.rows.last), try #require(report.rows.last))
    #expect([total[8], total[10]] == [told[5], told[6]], "\(period)")
    return (facts, report)
  }

  @Test(
    "the first run that began counts, in its period alone, and not after use that was taken over")
  func firstJobs() async throws {
    try await withStore { store, _ in
      // The window begins on Tuesday 14 November 2023, 23:13:20 in Amsterdam.
      let begin = Example.past
      let start = begin + .hours(60)
      try await run(store, from: Example.fast, committed: begin + .hours(1), start: nil)
      try await run(
        store, from: Example.fast, committed: begin + .hours(90), start: begin + .hours(91))
      try await run(store, from: Example.fast, committed: start - Seconds(5), start: start)
      try await run(store, from: Example.large, committed: start - Seconds(5), start: start)
      let month = AccountingPeriod(containing: begin)
      let (facts, whole) = try await report(store, over: month.interval)
      #expect(facts.firstJobs == [Example.fast: start])
      // Friday is three days later.
      #expect(
        whole.rows.map { Array($0[2...7] + $0[11...15]) } == [
          [
            "health care", "public administration", "1", "1", "0", "4", "1", "3", "3", "0", "0",
          ], ["all", "all", "1", "1", "0", "4", "1", "3", "3", "0", "0"],
        ])
      #expect(
        try await report(store, over: start..<(start + Seconds(1))).facts.firstJobs
          == [Example.fast: start])
      for other in [
        (start + Seconds(1))..<month.end, month.start..<start, month.next.interval,
      ] {
        #expect(try await report(store, over: other).facts.firstJobs == [:], "\(other)")
      }
    }
  }

  @Test("a closed month keeps sectors, types and sums")
  func closed() async throws {
    try await withStore { store, _ in
      let begin = Example.past
      let month = AccountingPeriod(containing: begin)
      let before = try await report(store, over: month.interval).report
      guard case .closed = try await store.close(month, system: "s", audit: Self.line) else {
        throw Unexpected("the period was not closed")
      }
      var centre = Example.centre
      let id: OrganisationID = Example.id("umcg")
      centre.organisations[id] = Organisation(
        id: id, name: "N", type: .sme, country: "BE", sector: "food")
      #expect(
        try await store.replaceCentre(
          with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
      let after = try await report(store, over: month.interval).report
      #expect(after.rows.map { Array($0[2...15]) } == before.rows.map { Array($0[2...15]) })
      #expect(after.rows[0][2...3] == ["health care", "public administration"])
      let open = try await report(store, over: month.next.interval).report
      #expect(open.rows[0][2...3] == ["food", "SME"])
    }
  }
}

// Why: a final report that says what an award was used for is judged by its months: they must sum to the whole.
import Domain
import Ledger
import Reporting
import Testing

@Suite("what a final report is written from") struct FinalReportTests {
  private static let months =
    AccountingPeriod(containing: SmallSite.at(0))
    .start..<AccountingPeriod(
      containing: SmallSite.at(86_400 * 40)
    ).end

  private static func entry(
    _ id: String, _ kind: EntryKind, _ hours: Int64, day: Int64, run: Int64? = nil,
    reason: EntryReason? = nil
  ) -> Entry {
    Entry(
      id: EntryID(id), kind: kind, allocation: SmallSite.large, amount: .hours(hours),
      run: run.map {
        RunID(task: TaskID(job: JobID(number: $0), index: nil), attempt: 1)
      }, reason: reason, effective: SmallSite.at(86_400 * day),
      recorded: SmallSite.at(86_400 * day))
  }

  private static func report(_ entries: [Entry], opening: Balance) -> Report {
    FinalReport(
      StatementFacts(
        system: "polder", project: SmallSite.project, period: months,
        asOf: SmallSite.at(86_400 * 35), centre: SmallSite.centre,
        months: MonthStanding.all(of: months, closings: [:]), opening: [SmallSite.large: opening],
        closing: [
          SmallSite.large: entries.reduce(opening) { $0.after($1.kind, $1.amount) }
        ], entries: entries)
    ).report
  }

  @Test("months sum to the whole; what was not used, and given back for which reason, is told")
  func sums() throws {
    let report = Self.report(
      [
        Self.entry("charge:P1.1", .charge, 3, day: 1, run: 1),
        Self.entry("charge:P2.1", .charge, 2, day: 2, run: 2),
        Self.entry("refund:P2.1", .refund, 2, day: 2, run: 2, reason: .nodeFailure),
        Self.entry("charge:P1.1/1", .charge, 1, day: 20, run: 1),
        Self.entry("credit:a", .credit, 1, day: 21, reason: .miscount),
        Self.entry("expiry:a", .expiry, 5, day: 30),
      ], opening: Balance(granted: .hours(10)))
    let own = report.rows.filter { $0[6] == SmallSite.large.text }
    #expect(own.map { $0[10] } == ["earlier", "2026-11", "2026-12", "all"])
    // Awarded, used, used so far, its part, refunded, runs.
    #expect(
      own.map { Array($0[11...16]) } == [
        ["10.0000", "0.0000", "0.0000", "0.00", "0.0000", "0"],
        ["0.0000", "3.0000", "3.0000", "30.00", "2.0000", "2"],
        ["0.0000", "0.0000", "3.0000", "30.00", "1.0000", "1"],
        ["10.0000", "3.0000", "3.0000", "30.00", "3.0000", "2"],
      ])
    #expect(
      Array(own[3][18...20]) == [
        "7.0000", "5.0000", "miscount 1 (1.0000 GPU-h); node-failure 1 (2.0000 GPU-h)",
      ])
    #expect(report.rows.allSatisfy { $0.count == report.columns.count })
  }
}

// Why: a figure in euros is taken for an invoice or for aid; it must say at which rate, to the cent.
import Domain
import Reporting
import Testing

@Suite("worth at the reference rate") struct WorthReportTests {
  private static let large = SmallSite.large
  private static let small = SmallSite.small

  private static func delivery(
    _ allocation: AllocationID, _ milliseconds: Int64, _ cents: Int64?
  ) -> WorthFacts.Delivery {
    WorthFacts.Delivery(
      allocation: allocation, amount: GPUTime(milliseconds: milliseconds), centsPerGPUHour: cents)
  }

  private static func report(_ deliveries: [WorthFacts.Delivery]) throws -> Report {
    let november = try #require(AccountingPeriod(year: 2026, month: 11)).interval
    return WorthReport(
      WorthFacts(
        system: "polder", period: november, asOf: november.upperBound, centre: SmallSite.centre,
        deliveries: deliveries, months: MonthStanding.all(of: november, closings: [:]))
    ).report
  }

  @Test("each run is worth what the rate says that priced it, and without a rate nothing")
  func rates() throws {
    let hour: Int64 = 3_600_000
    let report = try Self.report([
      Self.delivery(Self.large, 10 * hour, 210), Self.delivery(Self.large, 2 * hour, 250),
      Self.delivery(Self.large, hour, nil), Self.delivery(Self.small, -hour, 200),
    ])
    let figures = report.rows.map { Array($0[6...10]) }
    #expect(
      figures == [
        ["longscan-1", "other", "13.0000", "26.00", "1.0000"],
        ["longscan-2", "other", "-1.0000", "-2.00", "0.0000"],
        ["all", "commercial", "0.0000", "0.00", "0.0000"],
        ["all", "other", "12.0000", "24.00", "1.0000"],
        ["all", "all", "12.0000", "24.00", "1.0000"],
      ])
    #expect(report.rows.allSatisfy { $0.count == report.columns.count })
    #expect(report.rows.allSatisfy { $0[11] == "2026-11 open" })
  }

  @Test("a figure is rounded once, half away from zero, and sums are of what is exact")
  func rounding() throws {
    // Twice four tenths of a cent are a cent; half a cent is one, also below zero.
    let report = try Self.report([
      Self.delivery(Self.large, 14_400, 100), Self.delivery(Self.small, 14_400, 100),
    ])
    #expect(report.rows.map { $0[9] } == ["0.00", "0.00", "0.00", "0.01", "0.01"])
    #expect(
      Euros(worthOf: [(GPUTime(milliseconds: 18_000), centsPerGPUHour: Int64(100))]).cents == 1)
    #expect(
      Euros(worthOf: [(GPUTime(milliseconds: -18_000), centsPerGPUHour: Int64(100))]).cents == -1)
    let largest = Array(repeating: (GPUTime.largest, centsPerGPUHour: Int64(1_000_000)), count: 90)
    #expect(Euros(worthOf: largest).text == "900000000000000.00")
  }
}

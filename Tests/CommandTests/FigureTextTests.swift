// Why: who adds up the entries behind a figure is to know what of it is no entry.
import Testing
import Wire

@testable import polder

@Suite("the figures of reports") struct FigureTextTests {
  private func told(
    _ report: String, _ column: String, _ measures: [String] = ["delivered"]
  ) -> String {
    FigureText.table(
      FigureView(
        report: report, cell: "L2", column: column, text: "12.50", row: [], from: 0, to: 1000,
        asOf: 1000,
        sums: measures.map {
          .init(measure: $0, allocations: 1, from: 0, to: 1000, amount: 3_600_000)
        }), [], width: 500
    ).joined(separator: "\n")
  }

  @Test("of which a side is capacity, an entitlement or a rate say so beside their entries")
  func besides() {
    #expect(told("availability", "utilisation %").contains("capacity that was available"))
    #expect(told("access-time", "% of commercial cap").contains("part of the capacity"))
    #expect(told("access-time", "deviation points").contains("entitlement"))
    #expect(told("worth", "reference EUR").contains("worth nothing"))
    #expect(!told("access-time", "actual %", ["delivered", "delivered"]).contains("no sum"))
    let unpriced = told("worth", "GPU-h without a rate", [])
    #expect(unpriced.contains("can't be listed") && !unpriced.contains("No sum of entries"))
    #expect(told("access-time", "capacity GPU-h", []).contains("No sum of entries"))
  }
}

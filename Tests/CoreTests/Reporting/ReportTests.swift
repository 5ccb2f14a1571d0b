import Domain
import Reporting
import Testing

/// How figures become cells, and cells bytes.
@Suite("report")
struct ReportTests {
  private func csv(_ cells: [String]) -> String {
    Report(
      title: "T", period: SmallSite.at(0)..<SmallSite.at(1), asOf: SmallSite.at(1),
      columns: ["a", "b"], rows: [cells], notes: []
    ).csv
  }

  @Test("a cell is quoted only where it must be, and its quotes are doubled")
  func quoting() {
    #expect(csv(["plain text", "1.5"]) == "a,b\nplain text,1.5\n")
    #expect(csv(["a,b", ""]) == "a,b\n\"a,b\",\n")
    #expect(csv(["say \"so\"", "x"]) == "a,b\n\"say \"\"so\"\"\",x\n")
    #expect(csv(["\"", "two\nlines"]) == "a,b\n\"\"\"\",\"two\nlines\"\n")
    #expect(csv(["é ♥", "\r"]) == "a,b\né ♥,\"\r\"\n")
    #expect(csv(["two\r\nlines", "x"]) == "a,b\n\"two\r\nlines\",x\n")
  }

  @Test("a percentage is rounded once, half away from zero")
  func percentages() {
    func text(_ part: Int64, _ whole: Int64) -> String {
      Percentage(GPUTime(milliseconds: part), of: GPUTime(milliseconds: whole)).text
    }
    #expect(text(1, 3) == "33.33")
    #expect(text(2, 3) == "66.67")
    #expect(text(1, 20_000) == "0.01")
    #expect(text(-1, 20_000) == "-0.01")
    #expect(text(1, 20_001) == "0.00")
    #expect(text(3, 2) == "150.00")
    #expect(text(0, 5) == "0.00")
    #expect(text(5, 0) == "", "of nothing, nothing can be said")
    let most = GPUTime.largest.milliseconds
    #expect(text(most, most) == "100.00")
    #expect(Percentage(basisPoints: -5).text == "-0.05")
  }
}

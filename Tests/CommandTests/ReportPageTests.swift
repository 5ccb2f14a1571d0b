// Why: a page that is sent to a funder is read by people and by programs that show, print and read it
// aloud: it is well formed, whole, safe, and has the figures of the CSV.
import Documents
import Foundation
import FoundationXML
import Testing
import Wire

@Suite("a report as a page") struct ReportPageTests {
  private static let report = ReportView(
    title: "Access time by share", from: 1_793_491_200_000, to: 1_796_083_200_000,
    asOf: 1_796_083_200_000, made: 5,
    months: [.init(month: "2026-11", closed: 1_796_083_300_000, form: 4)],
    columns: ["period", "system", "share", "mode", "delivered GPU-h", "note", "as of"],
    rows: [
      ["2026-11-01/2026-11-30", "polder", "State & region", "Playground", "12.50", "", "x"],
      [
        "2026-11-01/2026-11-30", "polder", "State & region", "<b>Fast\u{1}</b>", "1000.25", "", "x",
      ],
      ["2026-11-01/2026-11-30", "polder", "State & region", "all", "1012.75", "", "x"],
    ],
    notes: ["Delivered: charges less refunds, of \"runs\".", "What is <late> is booked later."],
    csv: "")

  /// Elements by name with their text, as an XML parser sees them.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      open.append(elements.count)
      elements.append((name, attributes, ""))
    }
    func parser(_ parser: XMLParser, foundCharacters text: String) {
      for place in open { elements[place].text += text }
    }
    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) { open.removeLast() }
  }

  private func read(_ html: String) -> Reader {
    let reader = Reader()
    let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>\n", with: "").utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    return reader
  }

  private func texts(_ name: String, _ reader: Reader) -> [String] {
    reader.elements.filter { $0.name == name }.map(\.text)
  }

  @Test(
    "is well formed, has each figure as it stands in the CSV, and says once what is the same everywhere"
  )
  func figures() {
    let reader = read(ReportPage(Self.report, of: .accessTime).html)
    let figures = reader.elements.filter { $0.name == "td" && $0.attributes["class"] == "figure" }
    #expect(figures.map(\.text) == ["12.50", "1000.25", "1012.75"])
    let heads = reader.elements.filter { $0.attributes["scope"] == "col" }.map(\.text)
    #expect(heads == ["mode", "delivered GPU-h"])
    #expect(
      reader.elements.filter { $0.attributes["scope"] == "row" }.map(\.text)
        == ["Playground", "<b>Fast\u{FFFD}</b>", "all"])
    let standing = zip(texts("dt", reader), texts("dd", reader)).map { "\($0): \($1)" }
    #expect(
      standing == [
        "period: 2026-11-01 to 2026-11-30, both days included, UTC", "system: polder",
        "share: State & region", "as of: 2026-12-01T00:00:00Z",
        "closed months: 2026-11 (form 4): final, but for what the definitions say",
      ])
    #expect(texts("li", reader).count == 2 && texts("strong", reader) == ["Delivered"])
  }

  @Test("has a picture with the same in words, in which sums are no bars")
  func picture() throws {
    let reader = read(ReportPage(Self.report, of: .accessTime).html)
    #expect(
      texts("desc", reader) == ["Playground: 12.50 GPU-h; <b>Fast\u{FFFD}</b>: 1000.25 GPU-h"])
    let widths = reader.elements.filter { $0.name == "rect" }.map { $0.attributes["width"] }
    #expect(widths == ["5.2", "420.0"])
    var single = Self.report
    single.rows = [Self.report.rows[0]]
    #expect(!ReportPage(single, of: .accessTime).html.contains("<svg"), "nothing to compare")
    #expect(!ReportPage(Self.report, of: .worth).html.contains("<svg"))
  }

  @Test("tells what is below nothing, and of many the largest")
  func extremes() {
    var report = Self.report
    report.rows[0][4] = "-3.00"
    let reader = read(ReportPage(report, of: .accessTime).html)
    #expect(texts("desc", reader)[0].hasPrefix("Playground: -3.00 GPU-h; "))
    let widths = reader.elements.filter { $0.name == "rect" }.map { $0.attributes["width"] }
    #expect(widths == ["0.0", "420.0"])
    report.rows = (1...500).map { number in
      var row = Self.report.rows[0]
      (row[3], row[4]) = ("mode \(number)", "\(number).00")
      return row
    }
    let many = read(ReportPage(report, of: .accessTime).html)
    #expect(many.elements.count { $0.name == "rect" } == 24)
    #expect(texts("desc", many)[0].hasSuffix("mode 500: 500.00 GPU-h: the 24 largest of 500"))
    #expect(many.elements.count { $0.attributes["scope"] == "row" } == 500)
    // Many are alike, and the few that are more come last.
    for (number, place) in report.rows.indices.enumerated() {
      report.rows[place][4] = number < 495 ? "0.00" : "10.00"
    }
    let alike = read(ReportPage(report, of: .accessTime).html)
    #expect(texts("desc", alike)[0].components(separatedBy: ": 10.00 GPU-h").count == 6)
  }

  @Test("of availability the months are bars, and the period is none")
  func months() {
    let columns = ["period", "mode", "utilisation %"]
    let report = ReportView(
      title: "Availability and waits", from: 1_790_812_800_000, to: 1_796_083_200_000, asOf: 0,
      made: 0, columns: columns,
      rows: [
        ["2026-10-01/2026-10-31", "Playground", ""], ["2026-10-01/2026-10-31", "all", "40.00"],
        ["2026-11-01/2026-11-30", "all", "60.00"], ["2026-10-01/2026-11-30", "all", "50.00"],
      ], notes: [], csv: "")
    let reader = read(ReportPage(report, of: .availability).html)
    #expect(
      texts("desc", reader)
        == ["2026-10-01/2026-10-31: 40.00 %; 2026-11-01/2026-11-30: 60.00 %"])
    #expect(reader.elements.filter { $0.attributes["scope"] == "col" }.map(\.text) == columns)
  }

  @Test("needs nothing besides itself, and is the same whenever it is made")
  func whole() {
    let html = ReportPage(Self.report, of: .accessTime).html
    for outside in ["http://", "https://", "src=", "href=", "<script", "@import", "url("] {
      let found = html.ranges(of: outside).count
      // The two names of namespaces are no addresses to fetch.
      #expect(found == (outside == "http://" ? 2 : 0), "\(outside)")
    }
    var later = Self.report
    later.made = 99
    #expect(ReportPage(later, of: .accessTime).html == html)
    var empty = Self.report
    empty.rows = []
    #expect(ReportPage(empty, of: .accessTime).html.contains("Nothing in this period."))
  }
}

import Domain
package import Wire

/// A report as one page of HTML that needs nothing besides itself: for a browser, for printing, or for a
/// renderer of PDF. Its syntax is also that of XML.
///
/// The same report gives the same bytes: when it was made is not told, only as of when it is. Every figure
/// stands as it does in the CSV.
package struct ReportPage {
  private let report: ReportView
  private let chart: ReportChart?

  /// - Parameter kind: nil of a statement, which has no picture.
  package init(_ report: ReportView, of kind: ReportKind?) {
    self.report = report
    chart = kind.flatMap { ReportChart(report, $0) }
  }

  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <title>\(Markup.text(heading))</title>
    <style>
    \(ReportStyle.css)
    </style>
    </head>
    <body>
    <main>
    <h1>\(Markup.text(report.title))</h1>
    \(standing)
    \(chart?.svg ?? "")
    \(report.rows.isEmpty ? "<p>Nothing in this period.</p>" : table)
    \(definitions)
    </main>
    </body>
    </html>

    """
  }

  private var days: String {
    "\(CivilDate(Instant(milliseconds: report.from))) to "
      + "\(CivilDate(Instant(milliseconds: report.to - 1)))"
  }

  private var heading: String { "\(report.title), \(days)" }

  // MARK: What stands above

  /// The period, what is the same in every row, as of when it is, and what may still change.
  private var standing: String {
    var items = [("period", "\(days), both days included, UTC")]
    items += report.columns.indices.filter {
      isConstant($0) && !Self.isToldAbove(report.columns[$0])
    }
    .compactMap { column in
      let text = cells(column)[0]
      return text.isEmpty ? nil : (report.columns[column], text)
    }
    items.append(("as of", "\(Instant(milliseconds: report.asOf))"))
    let closed = report.months.filter { $0.closed != nil }
    if !closed.isEmpty {
      items.append(
        (
          "closed months",
          closed.map { "\($0.month) (form \($0.form ?? 1))" }.joined(separator: ", ")
            + ": final, but for what the definitions say"
        ))
    }
    let open = report.months.filter { $0.closed == nil }.map(\.month)
    if !open.isEmpty {
      items.append(("open months", open.joined(separator: ", ") + ": may change"))
    }
    return "<dl class=\"standing\">\n"
      + items.map { "<dt>\(Markup.text($0.0))</dt><dd>\(Markup.text($0.1))</dd>\n" }.joined()
      + "</dl>"
  }

  private static func isToldAbove(_ column: String) -> Bool {
    ["period", "months", "as of"].contains(column)
  }

  // MARK: The table

  private func cells(_ column: Int) -> [String] {
    report.rows.map { column < $0.count ? $0[column] : "" }
  }

  private func isFigure(_ column: Int) -> Bool {
    cells(column).contains { !$0.isEmpty }
      && cells(column).allSatisfy { $0.isEmpty || Double($0) != nil }
  }

  /// A text that is the same in all rows, of several.
  private func isConstant(_ column: Int) -> Bool {
    !isFigure(column) && Set(cells(column)).count == 1
  }

  /// What is told above is no column; of a single row its texts are.
  private var shown: [Int] {
    report.columns.indices.filter { column in
      !(Self.isToldAbove(report.columns[column]) && Set(cells(column)).count == 1)
        && cells(column).contains { !$0.isEmpty }
        && (!isConstant(column) || report.rows.count == 1 && report.columns[column] != "system")
    }
  }

  private var table: String {
    let shown = shown
    let figures = Set(shown.filter(isFigure))
    let names = Set(shown.prefix { !figures.contains($0) })
    let head = shown.map { column in
      "<th scope=\"col\"\(figures.contains(column) ? " class=\"figure\"" : "")>"
        + "\(Markup.text(report.columns[column]))</th>"
    }.joined()
    let rows = report.rows.map { row in
      let isSum = names.contains { row[$0] == "all" || row[$0].hasSuffix(" balance") }
      let cells = shown.map { column in
        let text = Markup.text(column < row.count ? row[column] : "")
        if names.contains(column) { return "<th scope=\"row\">\(text)</th>" }
        return figures.contains(column) ? "<td class=\"figure\">\(text)</td>" : "<td>\(text)</td>"
      }.joined()
      return "<tr\(isSum ? " class=\"sum\"" : "")>\(cells)</tr>\n"
    }.joined()
    return """
      <div class="wide">
      <table\(shown.count > 14 ? " class=\"many\"" : "")>
      <caption>\(Markup.text(heading))</caption>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)</tbody>
      </table>
      </div>
      """
  }

  // MARK: Definitions

  /// What is before the first colon is the word that is defined.
  private var definitions: String {
    guard !report.notes.isEmpty else { return "" }
    let items = report.notes.map { note -> String in
      guard let colon = note.firstIndex(of: ":"),
        note.distance(from: note.startIndex, to: colon) < 40
      else { return "<li>\(Markup.text(note))</li>\n" }
      return "<li><strong>\(Markup.text(String(note[..<colon])))</strong>"
        + "\(Markup.text(String(note[colon...])))</li>\n"
    }
    return "<h2>Definitions</h2>\n<ul>\n\(items.joined())</ul>"
  }
}

/// Text in markup.
enum Markup {
  /// With what has a meaning in markup written otherwise.
  static func text(_ plain: String) -> String {
    var text = ""
    for scalar in plain.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      // XML has no other control characters, escaped or not.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
        text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

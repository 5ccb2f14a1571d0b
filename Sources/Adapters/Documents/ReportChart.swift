import Domain
import Wire

/// Horizontal bars of one column of a report, as inline SVG with the same in words. Rows that are sums of
/// others have no bar.
struct ReportChart {
  private let title: String
  private let unit: String
  private let bars: [(label: String, text: String, value: Double)]
  /// How many there would be; the longest are shown.
  private let barCount: Int

  /// As many as fit on one page on paper.
  private static let mostBars = 24

  /// Nil where there is nothing to compare.
  init?(_ report: ReportView, _ kind: ReportKind) {
    guard let (labels, value, title, unit) = kind.charted,
      let column = report.columns.firstIndex(of: value)
    else { return nil }
    let names = labels.compactMap { report.columns.firstIndex(of: $0) }
    let several = names.filter { name in Set(report.rows.map { $0[name] }).count > 1 }
    let all = report.rows.compactMap { row -> (label: String, text: String, value: Double)? in
      guard let number = Double(row[column]), number.isFinite, !kind.isSum(row, in: report) else {
        return nil
      }
      let label = (several.isEmpty ? names : several).map { row[$0] }.joined(separator: ", ")
      return (label, row[column], number)
    }
    barCount = all.count
    let longest = all.indices.sorted { (-all[$0].value, $0) < (-all[$1].value, $1) }
      .prefix(Self.mostBars)
    bars = longest.sorted().map { all[$0] }
    guard bars.count > 1, bars.contains(where: { $0.value > 0 }) else { return nil }
    self.title = title
    self.unit = unit
  }

  /// Widths in units of the picture; a letter is some 7.5 wide.
  private static let (labelWidth, barWidth, textWidth, step) = (300.0, 420.0, 130.0, 26)

  var svg: String {
    let most = bars.map(\.value).max() ?? 1
    let width = Int(Self.labelWidth + Self.barWidth + Self.textWidth)
    let height = bars.count * Self.step + 8
    let words = bars.map { "\($0.label): \($0.text) \(unit)" }.joined(separator: "; ") + shown
    let rows = bars.enumerated().map { place, bar in
      // What is below nothing has its figure, and no bar.
      let length = (max(bar.value, 0) / most * Self.barWidth * 10).rounded() / 10
      let (top, line) = (place * Self.step + 5, place * Self.step + 20)
      return """
        <text x="\(Int(Self.labelWidth) - 8)" y="\(line)" text-anchor="end">\(Markup.text(Self.short(bar.label)))</text>
        <rect x="\(Int(Self.labelWidth))" y="\(top)" width="\(length)" height="18" fill="#2f6f8f"/>
        <text x="\((Self.labelWidth + length + 6).rounded())" y="\(line)">\(Markup.text(bar.text))</text>

        """
    }.joined()
    return """
      <figure>
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" role="img" font-size="13" fill="#1b1f24" \
      aria-labelledby="chart-title chart-text">
      <title id="chart-title">\(Markup.text(title))</title>
      <desc id="chart-text">\(Markup.text(words))</desc>
      \(rows)</svg>
      <figcaption>\(Markup.text(title)), in \(Markup.text(unit))\(shown)</figcaption>
      </figure>
      """
  }

  private var shown: String {
    barCount > bars.count ? ": the \(bars.count) largest of \(barCount)" : ""
  }

  private static func short(_ label: String) -> String {
    label.count > 40 ? label.prefix(39) + "…" : label
  }
}

extension ReportKind {
  /// What is worth a picture: the columns that name a bar, and the one that is its length.
  fileprivate var charted: (labels: [String], value: String, title: String, unit: String)? {
    switch self {
    case .accessTime:
      (["mode", "share"], "delivered GPU-h", "Delivered by share and access mode", "GPU-h")
    case .availability: (["period"], "utilisation %", "Utilisation by month", "%")
    case .indicators:
      (["sector", "type"], "delivered GPU-h", "Delivered by sector and type", "GPU-h")
    case .projects: (["project", "allocation"], "used %", "Used of the award", "%")
    case .worth: nil
    }
  }

  /// A row that sums others: over shares and modes, and over the months.
  fileprivate func isSum(_ row: [String], in report: ReportView) -> Bool {
    let cells = Dictionary(zip(report.columns, row)) { first, _ in first }
    guard self == .availability else {
      return ["share", "mode", "project", "allocation", "sector", "type"]
        .contains { cells[$0] == "all" }
    }
    // A month is told by the row of all its modes.
    let last = CivilDate(Instant(milliseconds: report.to - 1))
    let whole = "\(CivilDate(Instant(milliseconds: report.from)))/\(last)"
    let hasMonths = report.rows.contains { $0[0] != row[0] }
    return cells["mode"] != "all" || cells["period"] == whole && hasMonths
  }
}

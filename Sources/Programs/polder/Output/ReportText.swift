import Wire

/// A report on a terminal: a table if it fits, else one block a row.
enum ReportText {
  static func lines(
    _ report: ReportView, _ clock: Clock, width: Int = Terminal.columns
  ) -> [String] {
    let period = "\(Clock.utc(report.from)) to \(Clock.utc(report.to))"
    let title = [
      Tone.strong.paint(report.title), "\(period), as of \(clock.full(report.asOf))", "",
    ]
    return title + body(report, width) + notes(report, width)
  }

  private static func body(_ report: ReportView, _ width: Int) -> [String] {
    guard !report.rows.isEmpty else { return ["Nothing in this period."] }
    let isFigure = report.columns.indices.map { column in
      report.rows.allSatisfy { row in
        column < row.count && row[column].allSatisfy { "0123456789.-–% ".contains($0) }
      }
    }
    var table = Table(zip(report.columns, isFigure).map { $1 ? ">\($0)" : $0 })
    for row in report.rows { table.add(row.map { Table.Cell($0) }) }
    let lines = table.lines(width: width)
    // Wider than the terminal: the lines would break and tell nothing.
    if lines.allSatisfy({ $0.count <= width + (Terminal.hasColour ? 200 : 0) }) { return lines }
    return report.rows.flatMap { row in
      var facts = LabelledLines()
      for (index, cell) in row.enumerated() where index < report.columns.count {
        facts.add(report.columns[index], cell, index == 0 ? .strong : .plain)
      }
      return facts.lines(width: width) + [""]
    }
  }

  private static func notes(_ report: ReportView, _ width: Int) -> [String] {
    guard !report.notes.isEmpty else { return [] }
    return [""]
      + report.notes.flatMap { note in
        Text.wrapped(note, width: width - 2).enumerated().map { index, piece in
          Tone.faint.paint((index == 0 ? "· " : "  ") + piece)
        }
      }
  }
}

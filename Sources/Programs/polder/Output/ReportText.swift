import Wire

/// A report on a terminal. What is the same in every row, or of the only one, is said once above; columns
/// that are empty are left out; a table wider than the terminal is cut into bands that repeat the columns
/// that name the rows, each with the rows that have something in it.
struct ReportText {
  private let report: ReportView
  private let clock: Clock
  private let width: Int
  /// Of each column, in the order of rows; found once, since a table looks at them for each of its cells.
  private let cells: [[String]]
  private let isFigure: [Bool]
  /// The columns that name the rows.
  private var keys: [Int] = []

  init(_ report: ReportView, _ clock: Clock, width: Int = Terminal.columns) {
    self.report = report
    self.clock = clock
    self.width = width
    cells = report.columns.indices.map { column in
      report.rows.map { column < $0.count ? $0[column] : "" }
    }
    isFigure = cells.map { texts in texts.allSatisfy { $0.isEmpty || Double($0) != nil } }
    keys = namingColumns
  }

  var lines: [String] {
    let asOf = "as of \(clock.full(report.asOf)), made \(clock.full(report.made))"
    var lines = [Tone.strong.paint(report.title)]
    lines += Text.wrapped((constants + [asOf]).joined(separator: "; "), width: width)
    lines += months.flatMap { Text.wrapped($0, width: width) }
    guard !report.rows.isEmpty else { return lines + ["", "Nothing in this period."] + notes }
    for band in bands { lines += [""] + table(band) }
    return lines + notes
  }

  /// What of it can't change any more, and what can.
  private var months: [String] {
    let closed = report.months.compactMap { month in
      month.closed.map {
        "\(month.month) is closed (\(clock.full($0)), form \(month.form ?? 1))"
      }
    }
    let open = report.months.filter { $0.closed == nil }.map(\.month)
    return (closed.isEmpty ? [] : [closed.joined(separator: "; ")])
      + (open.isEmpty ? [] : ["Not closed yet, and may change: \(open.joined(separator: ", "))"])
  }

  /// What stands above in words, and what the CSV has for programs.
  private static func isLeftOut(_ column: String) -> Bool {
    ["months", "as of", "entry", "recorded"].contains(column) || column.hasSuffix(" GPU-ms")
  }

  // MARK: - Columns

  /// Of a single row the last text before its figures stays in the table, and names it.
  private func isConstant(_ column: Int) -> Bool {
    Set(cells[column]).count == 1 && !(report.rows.count == 1 && column == nameOfOnlyRow)
  }

  private var nameOfOnlyRow: Int? {
    report.columns.indices.filter { column in cells[column].contains { !$0.isEmpty } }
      .prefix { !isFigure[$0] }.last
  }

  /// `period 2026-11-01/2026-11-23`.
  private var constants: [String] {
    report.columns.indices.filter {
      isConstant($0) && !cells[$0][0].isEmpty && !isFigure[$0]
        && !Self.isLeftOut(report.columns[$0])
    }
    .map { "\(report.columns[$0]) \(cells[$0][0])" }
  }

  private var shown: [Int] {
    report.columns.indices.filter { column in
      cells[column].contains { !$0.isEmpty } && !(isConstant(column) && !isFigure[column])
        && !Self.isLeftOut(report.columns[column])
    }
  }

  /// The first columns that are text name the row. Where they leave no room, the widest that follows from
  /// the others stands behind the figures instead.
  private var namingColumns: [Int] {
    var keys = Array(shown.prefix { !isFigure[$0] })
    while width - keys.map({ shownWidth($0) + 2 }).reduce(0, +) < width / 3,
      let widest = keys.filter({ follows($0, from: keys) })
        .max(by: { (shownWidth($0), $1) < (shownWidth($1), $0) })
    {
      keys.removeAll { $0 == widest }
    }
    return keys
  }

  /// True if no two rows that the other columns call the same have another text there.
  private func follows(_ column: Int, from keys: [Int]) -> Bool {
    let others = keys.filter { $0 != column }
    guard !others.isEmpty else { return false }
    var texts: [[String]: String] = [:]
    for (row, text) in cells[column].enumerated() {
      let name = others.map { cells[$0][row] }
      if texts.updateValue(text, forKey: name).map({ $0 != text }) ?? false { return false }
    }
    return true
  }

  /// As wide as its longest cell, or the longest word of its title.
  private func columnWidth(_ column: Int) -> Int {
    let title = report.columns[column].split(separator: " ").map(\.count).max() ?? 0
    return max(title, cells[column].map(\.count).max() ?? 0)
  }

  /// A long text is wrapped, so that figures have room.
  private func shownWidth(_ column: Int) -> Int {
    isFigure[column] ? columnWidth(column) : min(columnWidth(column), max(16, width / 4))
  }

  private var keyWidths: [Int] { keys.map(shownWidth) }

  private var bands: [[Int]] {
    let keys = keys
    let leading = Set(shown.prefix { !isFigure[$0] })
    let others = shown.filter { !leading.contains($0) } + leading.subtracting(keys).sorted()
    let room = width - keyWidths.map { $0 + 2 }.reduce(0, +)
    var bands: [[Int]] = [[]]
    var taken = 0
    for column in others {
      let needs = shownWidth(column) + 2
      if taken + needs > room + 2, bands.last?.isEmpty == false {
        bands.append([])
        taken = 0
      }
      bands[bands.count - 1].append(column)
      taken += needs
    }
    return bands
  }

  // MARK: - Lines

  private func table(_ band: [Int]) -> [String] {
    let columns = keys + band
    let widths = keyWidths + band.map(shownWidth)
    let titles = zip(columns, widths).map { Text.wrapped(report.columns[$0], width: $1) }
    let height = titles.map(\.count).max() ?? 0
    // Titles stand on the figures.
    let padded = titles.map { Array(repeating: "", count: height - $0.count) + $0 }
    let figures = columns.map { isFigure[$0] }
    var lines = (0..<height).map { row in
      Tone.strong.paint(line(padded.map { $0[row] }, figures, widths))
    }
    var above: [String] = []
    for index in report.rows.indices {
      guard band.isEmpty || band.contains(where: { !cells[$0][index].isEmpty }) else { continue }
      let names = keys.map { cells[$0][index] }
      // A name that stands above is not repeated.
      let repeats = zip(names, above).prefix { $0 == $1 }.count
      above = names
      let texts = columns.enumerated().map { place, column in
        place < min(repeats, keys.count - 1)
          ? [""] : Text.wrapped(cells[column][index], width: widths[place])
      }
      for row in 0..<(texts.map(\.count).max() ?? 0) {
        lines.append(line(texts.map { row < $0.count ? $0[row] : "" }, figures, widths))
      }
    }
    return lines
  }

  private func line(_ cells: [String], _ figures: [Bool], _ widths: [Int]) -> String {
    var line = ""
    for (place, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: max(0, widths[place] - cell.count))
      line += (place > 0 ? "  " : "") + (figures[place] ? space + cell : cell + space)
    }
    while line.last == " " { line.removeLast() }
    return line
  }

  /// False of a note on columns of which none is told: they are empty throughout.
  private func isTold(_ note: String) -> Bool {
    let term = note.prefix { $0 != ":" }.lowercased()
    let columns = report.columns.indices.filter { report.columns[$0].lowercased().contains(term) }
    return columns.isEmpty || columns.contains { column in cells[column].contains { !$0.isEmpty } }
  }

  private var notes: [String] {
    let notes = report.notes.filter(isTold)
    guard !notes.isEmpty else { return [] }
    return [""]
      + notes.flatMap { note in
        Text.wrapped(note, width: width - 2).enumerated().map { index, piece in
          Tone.faint.paint((index == 0 ? "· " : "  ") + piece)
        }
      }
  }
}

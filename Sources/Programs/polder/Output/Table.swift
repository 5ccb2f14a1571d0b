/// A thin table: aligned columns, two spaces between them, no lines.
struct Table {
  struct Column {
    let title: String
    /// True for figures, which stand under each other at the right.
    let isFigure: Bool
  }

  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    let tone: Tone

    init(_ text: String, _ tone: Tone = .plain) {
      self.text = text
      self.tone = tone
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  private let columns: [Column]
  /// Each row with the text that stands beneath it, wrapped and indented.
  private var rows: [(cells: [Cell], beneath: String?)] = []

  /// Titles; one that begins with `>` is of a column of figures.
  init(_ titles: [String]) {
    columns = titles.map { title in
      title.hasPrefix(">")
        ? Column(title: String(title.dropFirst()), isFigure: true)
        : Column(title: title, isFigure: false)
    }
  }

  var isEmpty: Bool { rows.isEmpty }

  mutating func add(_ cells: [Cell], beneath: String? = nil) {
    rows.append((cells, beneath))
  }

  /// How wide the rows are, without what stands beneath them.
  var width: Int { widths.reduce(0, +) + 2 * max(columns.count - 1, 0) }

  private var widths: [Int] {
    var widths = columns.map(\.title.count)
    for row in rows {
      for (index, cell) in row.cells.enumerated() where index < widths.count {
        widths[index] = max(widths[index], cell.text.count)
      }
    }
    return widths
  }

  /// The lines, the titles first. What is wider than the terminal is written a field a line, so that
  /// no cell is broken.
  func lines(width: Int = Terminal.columns) -> [String] {
    guard self.width <= width else { return records(width) }
    let widths = widths
    var lines = [line(columns.map { Cell($0.title, .strong) }, widths)]
    for row in rows {
      lines.append(line(row.cells, widths))
      if let beneath = row.beneath {
        for piece in Text.wrapped(beneath, width: width - 4) {
          lines.append("    " + Tone.faint.paint(piece))
        }
      }
    }
    return lines
  }

  /// Each row as its first cell and beneath it the others that say something, each by its title.
  private func records(_ width: Int) -> [String] {
    let column = columns.dropFirst().map(\.title.count).max() ?? 0
    var lines: [String] = []
    for row in rows {
      lines += row.cells.prefix(1).map { Tone.strong.paint($0.text) }
      for (index, cell) in row.cells.enumerated().dropFirst()
      where index < columns.count && !cell.text.isEmpty {
        let title = columns[index].title
        let space = String(repeating: " ", count: column - title.count)
        let pieces = Text.wrapped(cell.text, width: max(width - column - 4, 20))
        for (number, piece) in pieces.enumerated() {
          let label = number == 0 ? title + space : String(repeating: " ", count: column)
          lines.append("  \(Tone.faint.paint(label))  \(cell.tone.paint(piece))")
        }
      }
      if let beneath = row.beneath {
        lines += Text.wrapped(beneath, width: width - 4).map { "    " + Tone.faint.paint($0) }
      }
    }
    return lines
  }

  private func line(_ cells: [Cell], _ widths: [Int]) -> String {
    var pieces: [String] = []
    for (index, cell) in cells.enumerated() where index < widths.count {
      let space = String(repeating: " ", count: widths[index] - cell.text.count)
      let painted = cell.tone.paint(cell.text)
      if columns[index].isFigure {
        pieces.append(space + painted)
      } else {
        pieces.append(index == widths.count - 1 ? painted : painted + space)
      }
    }
    let joined = pieces.joined(separator: "  ")
    return String(joined.reversed().drop { $0 == " " }.reversed())
  }
}

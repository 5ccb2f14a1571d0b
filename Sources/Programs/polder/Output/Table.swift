/// A thin table: aligned columns, two spaces between them, no lines.
///
/// Where the terminal has no room for it, cells are said shorter, then what is least needed is left out,
/// then a text is cut; see ``fitting(_:)``.
struct Table {
  struct Column {
    let title: String
    /// True for figures, which stand under each other at the right.
    let isFigure: Bool
  }

  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    let tone: Tone
    /// What says enough where there is little room.
    let short: String?

    init(_ text: String, _ tone: Tone = .plain, short: String? = nil) {
      self.text = text
      self.tone = tone
      self.short = short
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  private var columns: [Column]
  /// Titles of columns that may be left out, the first to go first.
  private let spare: [String]
  /// The title of a column of texts that may be cut.
  private let cuttable: String?
  /// Each row with the text that stands beneath it, wrapped and indented.
  private var rows: [(cells: [Cell], beneath: String?)] = []

  /// Titles; one that begins with `>` is of a column of figures.
  init(_ titles: [String], spare: [String] = [], cuttable: String? = nil) {
    self.spare = spare
    self.cuttable = cuttable
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

  /// The lines, the titles first. What can't be made to fit the terminal is written a field a line, so
  /// that no cell is broken.
  func lines(width: Int = Terminal.columns) -> [String] {
    guard self.width > width else { return rows(width) }
    guard let (table, left) = fitting(width) else { return records(width) }
    let note = "No room for \(left.joined(separator: ", ")): --format json has it."
    return table.rows(width)
      + (left.isEmpty ? [] : Text.wrapped(note, width: width).map(Tone.faint.paint))
  }

  private func rows(_ width: Int) -> [String] {
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

  // MARK: - Little room

  private static let leastCut = 8
  private static let usualCut = 16

  /// The table in so many columns, with what was left out: a title, and what stood in all its rows
  /// where that was one text. Nil if it can't be made to fit.
  private func fitting(_ width: Int) -> (table: Table, left: [String])? {
    var table = self
    for index in rows.indices {
      table.rows[index].cells = rows[index].cells.map { Cell($0.short ?? $0.text, $0.tone) }
    }
    table.cut(to: Self.usualCut, within: width)
    var left: [String] = []
    for title in spare where table.width > width {
      guard let place = table.columns.firstIndex(where: { $0.title == title }) else { continue }
      let texts = Set(table.rows.map { place < $0.cells.count ? $0.cells[place].text : "" })
      left.append(texts.count == 1 ? "\(title) (\(texts.first ?? "") throughout)" : title)
      table.leaveOut(place)
    }
    table.cut(to: Self.leastCut, within: width)
    return table.width <= width ? (table, left) : nil
  }

  private mutating func leaveOut(_ place: Int) {
    columns.remove(at: place)
    for index in rows.indices where place < rows[index].cells.count {
      rows[index].cells.remove(at: place)
    }
  }

  /// Cuts the text that may be cut as far as is needed, and no further than to `least` letters.
  private mutating func cut(to least: Int, within width: Int) {
    guard self.width > width,
      let place = columns.firstIndex(where: { $0.title == cuttable })
    else { return }
    let most = max(widths[place] - (self.width - width), least)
    for index in rows.indices where place < rows[index].cells.count {
      let cell = rows[index].cells[place]
      guard cell.text.count > most else { continue }
      rows[index].cells[place] = Cell(cell.text.prefix(most - 1) + "…", cell.tone)
    }
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

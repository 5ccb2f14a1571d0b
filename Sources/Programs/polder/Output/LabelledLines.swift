/// Facts about one thing: a label and a value a line, the values under each other.
struct LabelledLines {
  private var facts: [(label: String, value: Table.Cell)] = []

  /// Nothing for an empty value.
  mutating func add(_ label: String, _ value: String, _ tone: Tone = .plain) {
    guard !value.isEmpty else { return }
    facts.append((label, Table.Cell(value, tone)))
  }

  /// Nothing for a nil.
  mutating func add(_ label: String, _ value: String?) {
    if let value { add(label, value, .plain) }
  }

  /// Values begin at `column` or, if a label needs it, further right.
  func lines(indent: Int = 0, column: Int = 0, width: Int = Terminal.columns) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let column = max((facts.map(\.label.count).max() ?? 0) + 2, column - indent)
    return facts.flatMap { label, value in
      Text.wrapped(value.text, width: width - column - indent).enumerated().map { index, piece in
        let head = index == 0 ? label : ""
        let space = String(repeating: " ", count: column - head.count)
        return margin + Tone.faint.paint(head) + space + value.tone.paint(piece)
      }
    }
  }
}

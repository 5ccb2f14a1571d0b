/// Columns as all of Slurm's accounting commands lay them out, byte for byte (`print_fields.c`).
struct SlurmColumns {
  enum Style: Equatable {
    case columns
    /// `-p`: a delimiter behind each field.
    case delimited
    /// `-P`: a delimiter between fields.
    case separated
  }

  var fields: [SacctField] = []
  var style = Style.columns
  var delimiter = "|"
  var hasHeader = true

  /// Titles and what is beneath them; none if none are wanted.
  var header: [String] {
    guard hasHeader else { return [] }
    guard style == .columns else { return [delimited(fields.map(\.name))] }
    let titles = fields.map { field in
      Self.laid(String(field.name.prefix(abs(field.width))), field.width) + " "
    }
    let rules = fields.map { String(repeating: "-", count: abs($0.width)) + " " }
    return [titles.joined(), rules.joined()]
  }

  func line(_ cell: (SacctField) -> SacctCell) -> String {
    let values = fields.map { ($0, cell($0)) }
    guard style == .columns else { return delimited(values.map { Self.whole($0.1) }) }
    return values.map { field, cell in Self.laid(Self.cut(cell, field.width), field.width) + " " }
      .joined()
  }

  private func delimited(_ texts: [String]) -> String {
    texts.joined(separator: delimiter) + (style == .delimited ? delimiter : "")
  }

  private static func whole(_ cell: SacctCell) -> String {
    switch cell {
    case .text(let text), .figure(let text), .moment(let text): text
    case .empty: ""
    }
  }

  private static func cut(_ cell: SacctCell, _ width: Int) -> String {
    let width = abs(width)
    guard case .text(let text) = cell, text.count > width else { return whole(cell) }
    return width == 0 ? "" : text.prefix(width - 1) + "+"
  }

  /// At the right of its column, or at the left of one of negative width.
  private static func laid(_ text: String, _ width: Int) -> String {
    let space = String(repeating: " ", count: max(abs(width) - text.count, 0))
    return width < 0 ? text + space : space + text
  }
}

/// A cell as spreadsheets name it, of a report's CSV with its header: `G3` is in the seventh column, in the
/// second row below the header.
struct CellReference: Hashable, Sendable, CustomStringConvertible {
  /// From 0, the header not counted.
  let row: Int
  /// From 0.
  let column: Int

  /// Nil for anything else, and for a cell of the header.
  init?(_ text: String) {
    let letters = text.prefix { $0.isASCII && $0.isLetter }
    let digits = text.dropFirst(letters.count)
    guard (1...2).contains(letters.count), (1...9).contains(digits.count),
      digits.allSatisfy({ $0.isASCII && $0.isNumber }), let line = Int(digits), line >= 2
    else { return nil }
    row = line - 2
    column = letters.uppercased().utf8.reduce(0) { $0 * 26 + Int($1) - 64 } - 1
  }

  init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }

  var description: String { "\(Self.letters(of: column))\(row + 2)" }

  static func letters(of column: Int) -> String {
    let last = String(UnicodeScalar(UInt8(65 + column % 26)))
    return column < 26 ? last : letters(of: column / 26 - 1) + last
  }
}

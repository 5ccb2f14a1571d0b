/// Words on lines.
enum Text {
  /// What somebody else wrote, with what a terminal would act on, or would not show, by its number:
  /// `\u{202E}`. Controls, also of C1, what turns the direction of writing, and line ends.
  static func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
        plain += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain
  }

  /// Breaks at spaces into lines of at most `width` characters; a longer word stays whole.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if line.isEmpty {
          line = String(word)
        } else if line.count + 1 + word.count <= width {
          line += " " + word
        } else {
          lines.append(line)
          line = String(word)
        }
      }
      lines.append(line)
    }
    return lines
  }

  /// `1 GPU`, `2 GPUs`.
  static func count(_ number: Int, _ word: String) -> String {
    "\(number) \(word)\(number == 1 ? "" : "s")"
  }

  /// `1 entry`, `2 entries`.
  static func entries(_ number: Int64) -> String {
    "\(number) \(number == 1 ? "entry" : "entries")"
  }

  /// The lines of a message wrapped, each going on two columns to the right of where it begins.
  static func hanging(_ message: String, width: Int) -> String {
    message.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
      let indent = String(line.prefix { $0 == " " })
      return wrapped(String(line.dropFirst(indent.count)), width: max(width - indent.count - 2, 20))
        .enumerated().map { index, piece in indent + (index == 0 ? "" : "  ") + piece }
    }.joined(separator: "\n")
  }

  /// `2 GPUs`, or `0.250 GPU` of one that is shared.
  static func gpus(_ number: Int, thousandths: Int?) -> String {
    thousandths.map { "\(Amount.weight(Int64($0))) GPU" } ?? count(number, "GPU")
  }

  /// A field of CSV as RFC 4180 quotes it.
  static func csvField(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  /// Ascending numbers with runs of neighbours joined: `0-3,7`.
  static func ranges(_ numbers: [Int]) -> String {
    var pieces: [String] = []
    var first: Int?
    var last = 0
    func piece(_ from: Int, _ to: Int) -> String { from == to ? "\(from)" : "\(from)-\(to)" }
    for number in numbers.sorted() {
      if let begun = first, number != last + 1 {
        pieces.append(piece(begun, last))
        first = number
      } else if first == nil {
        first = number
      }
      last = number
    }
    if let first { pieces.append(piece(first, last)) }
    return pieces.joined(separator: ",")
  }
}

/// Swift with its comments and string literals blanked out, so that words and braces can be counted
/// without a parser. Line breaks stay where they are, and so does code inside interpolations.
struct CodeOnly {
  private enum Place {
    /// Counts the parentheses that are open inside an interpolation.
    case interpolation(open: Int)
    case string(quotes: Int, hashes: Int)
    case block(depth: Int)
    case line
  }

  private let text: [UInt8]
  private var output: [UInt8] = []
  private var places: [Place] = []
  private var position = 0

  static func of(_ text: String) -> String {
    var scanner = CodeOnly(text: Array(text.utf8))
    scanner.scan()
    return String(decoding: scanner.output, as: UTF8.self)
  }

  private init(text: [UInt8]) { self.text = text }

  private func begins(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    position + 1 < text.count && text[position] == UInt8(ascii: first)
      && text[position + 1] == UInt8(ascii: second)
  }

  /// How often a byte is repeated from an offset on.
  private func count(of scalar: Unicode.Scalar, at offset: Int) -> Int {
    var count = 0
    while position + offset + count < text.count,
      text[position + offset + count] == UInt8(ascii: scalar)
    {
      count += 1
    }
    return count
  }

  /// Copies the next byte, or a blank for it.
  private mutating func take(_ count: Int = 1, asCode: Bool) {
    for _ in 0..<count where position < text.count {
      let byte = text[position]
      output.append(asCode || byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
      position += 1
    }
  }

  private mutating func scan() {
    while position < text.count {
      switch places.last {
      case nil: code()
      case .interpolation(let open): interpolation(open)
      case .string(let quotes, let hashes): string(quotes, hashes)
      case .block(let depth): block(depth)
      case .line:
        if text[position] == UInt8(ascii: "\n") { places.removeLast() }
        take(asCode: false)
      }
    }
  }

  private mutating func code() {
    if begins("/", "/") {
      places.append(.line)
    } else if begins("/", "*") {
      places.append(.block(depth: 0))
    } else if let (quotes, hashes) = opening() {
      places.append(.string(quotes: quotes, hashes: hashes))
      take(quotes + hashes, asCode: false)
    } else {
      take(asCode: true)
    }
  }

  /// The quotes and hashes of a string literal that opens here.
  private func opening() -> (quotes: Int, hashes: Int)? {
    let hashes = count(of: "#", at: 0)
    let quotes = count(of: "\"", at: hashes)
    guard quotes > 0 else { return nil }
    return (quotes >= 3 ? 3 : 1, hashes)
  }

  private mutating func string(_ quotes: Int, _ hashes: Int) {
    let escape = text[position] == UInt8(ascii: "\\") && count(of: "#", at: 1) >= hashes
    let next = position + 1 + hashes
    if escape, next < text.count, text[next] == UInt8(ascii: "(") {
      places.append(.interpolation(open: 0))
      take(2 + hashes, asCode: false)
    } else if escape {
      take(2 + hashes, asCode: false)
    } else if count(of: "\"", at: 0) >= quotes, count(of: "#", at: quotes) >= hashes {
      places.removeLast()
      take(quotes + hashes, asCode: false)
    } else {
      take(asCode: false)
    }
  }

  private mutating func interpolation(_ open: Int) {
    switch text[position] {
    case UInt8(ascii: "("):
      places[places.count - 1] = .interpolation(open: open + 1)
      take(asCode: true)
    case UInt8(ascii: ")") where open == 0:
      places.removeLast()
      take(asCode: false)
    case UInt8(ascii: ")"):
      places[places.count - 1] = .interpolation(open: open - 1)
      take(asCode: true)
    default: code()
    }
  }

  private mutating func block(_ depth: Int) {
    if begins("/", "*") {
      places[places.count - 1] = .block(depth: depth + 1)
      take(2, asCode: false)
    } else if begins("*", "/") {
      if depth == 1 {
        places.removeLast()
      } else {
        places[places.count - 1] = .block(depth: depth - 1)
      }
      take(2, asCode: false)
    } else {
      take(asCode: false)
    }
  }
}

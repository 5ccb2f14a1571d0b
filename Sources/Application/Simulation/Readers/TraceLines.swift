/// The lines of a trace with their numbers, as bytes: logs have millions of lines, and text is slow.
struct TraceLines {
  /// How the fields of a line are parted.
  enum Separator {
    /// Any number of blanks and tabs; those at either end count for nothing.
    case blanks
    case commas
  }

  let file: String
  private let bytes: [UInt8]
  private var position = 0
  /// Of the line that was read last, from 1.
  private(set) var number = 0
  /// The line that was read last, without its end.
  private(set) var line: Range<Int> = 0..<0
  /// Its fields, once ``split(_:)`` was asked for.
  private(set) var fields: [Range<Int>] = []

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// Goes to the next line; false at the end.
  mutating func next() throws(TraceFault) -> Bool {
    guard position < bytes.count else { return false }
    var end = position
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    number += 1
    line = position..<(end > position && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)
    position = end + 1
    if line.count > TraceLimits.line {
      throw fault("the line has more than \(TraceLimits.line) bytes")
    }
    return true
  }

  /// The first byte of the line that is no blank.
  var first: UInt8? { bytes[line].first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } }

  var text: String { text(line) }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func split(_ separator: Separator) {
    fields.removeAll(keepingCapacity: true)
    var begin = line.lowerBound
    for index in line {
      let byte = bytes[index]
      switch separator {
      case .commas where byte == UInt8(ascii: ","):
        fields.append(begin..<index)
        begin = index + 1
      case .blanks where byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"):
        if begin < index { fields.append(begin..<index) }
        begin = index + 1
      default: break
      }
    }
    if separator == .commas || begin < line.upperBound { fields.append(begin..<line.upperBound) }
  }

  /// A whole number of a field; a fraction of nothing but zeros is let pass.
  ///
  /// - Parameter name: of the field, for the message.
  func whole(_ field: Int, _ name: String) throws(TraceFault) -> Int64 {
    let range = fields[field]
    guard let value = number(range, mayBeFraction: false) else {
      throw fault("\(name) is \"\(text(range).prefix(40))\", and not a whole number")
    }
    return value
  }

  /// The whole part of a decimal number that is not negative.
  func wholePart(_ field: Int, _ name: String) throws(TraceFault) -> Int64 {
    let range = fields[field]
    guard let value = number(range, mayBeFraction: true), value >= 0 else {
      throw fault("\(name) is \"\(text(range).prefix(40))\", and not a number from 0 up")
    }
    return value
  }

  func fault(_ message: String) -> TraceFault {
    TraceFault(file: file, line: number, message: message)
  }

  private func number(_ range: Range<Int>, mayBeFraction: Bool) -> Int64? {
    var index = range.lowerBound
    let isNegative = index < range.upperBound && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let begin = index
    var value: Int64 = 0
    while index < range.upperBound, let digit = Self.digit(bytes[index]) {
      guard value < 1_000_000_000_000_000 else { return nil }
      value = value * 10 + digit
      index += 1
    }
    guard index > begin else { return nil }
    if index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "."), index + 1 < range.upperBound else { return nil }
      for byte in bytes[(index + 1)..<range.upperBound] {
        guard let digit = Self.digit(byte), mayBeFraction || digit == 0 else { return nil }
      }
    }
    return isNegative ? -value : value
  }

  private static func digit(_ byte: UInt8) -> Int64? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int64(byte - UInt8(ascii: "0")) : nil
  }
}

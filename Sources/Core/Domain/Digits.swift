/// Reads numbers that a person types: decimal digits and nothing else (Swift's own initialisers
/// take a sign).
enum Digits {
  /// Nil unless the text is digits only and fits; leading zeros count for nothing.
  static func number(_ text: some StringProtocol) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 })
    else { return nil }
    return Int64(text)
  }
}

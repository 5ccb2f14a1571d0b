/// A word such as `-1 GPU-h`. The parser would take it for a group of flags, find an `h` among them,
/// and print the help as if that had been asked for.
enum NegativeAmount {
  private static let units = ["GPU-h", "GPU-min", "GPU-s"]

  /// - Throws: ``Failure`` with exit code 65 for the first one.
  static func refuse(in words: some Sequence<String>) throws(Failure) {
    let command = words.first { _ in true } ?? ""
    // What follows `--` is handed on as it is.
    for word in words.prefix(while: { $0 != "--" }) where isOne(word) {
      throw Failure(
        .invalidInput, "'\(word)' is negative, and an amount is above zero",
        next: next(of: command))
    }
  }

  /// How a command says the other direction.
  private static func next(of command: String) -> String {
    switch command {
    case "transfer": "to move it the other way, swap the two allocations"
    case "adjust": "write it without the sign: credit is in the project's favour, debit against it"
    case "refund": "a refund gives back; to charge more, see polder adjust debit"
    default: "write it without the sign"
    }
  }

  private static func isOne(_ word: String) -> Bool {
    let second = word.dropFirst().first
    return word.hasPrefix("-") && second.map { ("0"..."9").contains($0) || $0 == "." } ?? false
      && units.contains { word.hasSuffix($0) }
  }
}

import Domain

/// Expands ranges of node names as Slurm writes them: `gn[01-04,07],login1`.
enum NodeNames {
  /// More nodes than this in one text are a mistake.
  static let most = 20_000

  static let accepted = "names and ranges such as gn01 or gn[01-04,07]"

  /// In the order of the text.
  static func expanded(_ text: String) -> Result<[NodeName], FieldFailure> {
    var names: [NodeName] = []
    for part in split(text) {
      guard let found = expandOne(part, room: most - names.count) else {
        return .failure(
          FieldFailure(
            "\(FieldFailure.quoted(part)) is no name or range of at most \(most) nodes; "
              + "accepted: \(accepted)"))
      }
      names += found
    }
    return .success(names)
  }

  /// Splits at the commas outside brackets.
  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var inside = false
    for character in text {
      if character == "[" { inside = true }
      if character == "]" { inside = false }
      if character == ",", !inside {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func expandOne(_ text: String, room: Int) -> [NodeName]? {
    guard let open = text.firstIndex(of: "[") else {
      return room > 0 ? NodeName(text).map { [$0] } : nil
    }
    guard let close = text.lastIndex(of: "]"), open < close else { return nil }
    let (prefix, suffix) = (text[..<open], text[text.index(after: close)...])
    var names: [NodeName] = []
    for range in text[text.index(after: open)..<close].split(
      separator: ",", omittingEmptySubsequences: false)
    {
      let ends = range.split(separator: "-", omittingEmptySubsequences: false)
      guard (1...2).contains(ends.count), ends.allSatisfy({ isNumber($0) }),
        let first = Int(ends[0]), let last = Int(ends[ends.count - 1]), first <= last,
        last - first < room - names.count
      else { return nil }
      for number in first...last {
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, ends[0].utf8.count - digits.utf8.count))
        guard let name = NodeName("\(prefix)\(zeros)\(digits)\(suffix)") else { return nil }
        names.append(name)
      }
    }
    return names
  }

  private static func isNumber(_ text: Substring) -> Bool {
    (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) }
  }
}

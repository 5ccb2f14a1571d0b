/// What `scontrol show` prints, read without knowing what its fields mean.
enum ScontrolText {
  /// One object: its fields in order, the first of each name.
  struct Record: Equatable {
    private(set) var fields: [String: String] = [:]
    private(set) var keys: [String] = []

    /// A value that says something: not `(null)`, `N/A` or nothing.
    subscript(_ key: String) -> String? {
      guard let value = fields[key], !["", "(null)", "N/A", "n/a", "(none)"].contains(value) else {
        return nil
      }
      return value
    }

    mutating func set(_ key: String, _ value: String) {
      guard fields[key] == nil else { return }
      fields[key] = value
      keys.append(key)
    }

    mutating func extend(_ key: String, by word: String) {
      fields[key] = fields[key].map { $0.isEmpty ? word : "\($0) \(word)" }
    }
  }

  /// Objects of `scontrol show node` and its like, each of which begins with `key=`; on one line or on
  /// several. Values may have blanks in them (`OS=Linux 6.1.0`, `Reason=…`).
  static func records(_ text: String, beginningWith key: String) -> [Record] {
    var records: [Record] = []
    var last = ""
    for word in text.split(whereSeparator: { $0.isWhitespace }) {
      if let equals = word.firstIndex(of: "="), isName(word[..<equals]) {
        let name = String(word[..<equals])
        if name == key { records.append(Record()) }
        guard !records.isEmpty else { continue }
        last = name
        records[records.count - 1].set(name, String(word[word.index(after: equals)...]))
      } else if !records.isEmpty {
        records[records.count - 1].extend(last, by: String(word))
      }
    }
    return records
  }

  /// `scontrol show config`: `Name = value`, a line each.
  static func settings(_ text: String) -> [String: String] {
    var settings: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let name = parts[0].filter { $0 != " " && $0 != "\t" }
      let value = parts[1].drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      if settings[name] == nil { settings[name] = String(value) }
    }
    return settings
  }

  /// Fields begin with a capital; what stands inside a value (`cpu=80`) does not.
  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.first, first.isUppercase else { return false }
    return text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
  }
}

/// The words of a command line as getopt_long(3) reads them, with its complaints: what is installed
/// under the name of one of Slurm's commands must take what that takes.
struct GetOpt {
  enum Value: Equatable {
    case none
    case required
    case optional
  }

  /// One long option; `key` is what it is called here, the short option's letter where it has one.
  struct Long {
    let name: String
    let value: Value
    let key: String

    init(_ name: String, _ value: Value, _ key: String) {
      self.name = name
      self.value = value
      self.key = key
    }

    static func list(_ options: [(String, Value, String)]) -> [Long] {
      options.map { Long($0.0, $0.1, $0.2) }
    }
  }

  /// In the order of the words.
  private(set) var options: [(key: String, value: String)] = []
  /// Words that are no options.
  private(set) var rest: [String] = []

  private let command: String
  private let short: [Character: Bool]
  private let long: [Long]

  /// - Parameters:
  ///   - short: letters, each with `:` behind it if it takes a value.
  /// - Throws: ``SacctFailure/plain(_:)`` with getopt's words.
  init(
    _ words: [String], command: String, short: String, long: [Long]
  ) throws(SacctFailure) {
    self.command = command
    self.long = long
    var letters: [Character: Bool] = [:]
    var last: Character?
    for character in short {
      if character == ":", let last { letters[last] = true } else { letters[character] = false }
      last = character
    }
    self.short = letters
    var words = words[...]
    while let word = words.popFirst() {
      if word == "--" {
        rest += words
        break
      }
      if word.hasPrefix("--") {
        try readLong(word.dropFirst(2), &words)
      } else if word.hasPrefix("-"), word.count > 1 {
        try readShort(word.dropFirst(), &words)
      } else {
        rest.append(word)
      }
    }
  }

  private mutating func readShort(
    _ word: Substring, _ words: inout ArraySlice<String>
  ) throws(SacctFailure) {
    var word = word
    while let letter = word.popFirst() {
      guard letter != ":", let takesValue = short[letter] else {
        throw .plain("\(command): invalid option -- '\(letter)'")
      }
      guard takesValue else {
        options.append((String(letter), ""))
        continue
      }
      if !word.isEmpty {
        options.append((String(letter), String(word)))
      } else if let value = words.popFirst() {
        options.append((String(letter), value))
      } else {
        throw .plain("\(command): option requires an argument -- '\(letter)'")
      }
      return
    }
  }

  private mutating func readLong(
    _ word: Substring, _ words: inout ArraySlice<String>
  ) throws(SacctFailure) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let given = parts.count == 2 ? String(parts[1]) : nil
    let option = try found(name)
    switch (option.value, given) {
    case (.none, nil), (.optional, nil): options.append((option.key, ""))
    case (.none, .some):
      throw .plain("\(command): option '--\(option.name)' doesn't allow an argument")
    case (_, .some(let value)): options.append((option.key, value))
    case (.required, nil):
      guard let value = words.popFirst() else {
        throw .plain("\(command): option '--\(option.name)' requires an argument")
      }
      options.append((option.key, value))
    }
  }

  /// By its name, or a beginning that only one option (under whatever names) has.
  private func found(_ name: String) throws(SacctFailure) -> Long {
    if let exact = long.first(where: { $0.name == name }) { return exact }
    let near = long.filter { $0.name.hasPrefix(name) }
    guard let first = near.first else {
      throw .plain("\(command): unrecognized option '--\(name)'")
    }
    guard near.allSatisfy({ $0.key == first.key }) else {
      let names = near.map { " '--\($0.name)'" }.joined()
      throw .plain("\(command): option '--\(name)' is ambiguous; possibilities:\(names)")
    }
    return first
  }
}

// SPDX-License-Identifier: GPL-2.0-or-later

/// A line of `Key=value` words that is taken apart from both its ends. See ``EndedRunLine``.
struct RecordLine {
  private let bytes: [UInt8]
  /// What is not taken yet: first the whole line, at last the name, the row of keys, and the folder.
  private var rest: Range<Int>
  private(set) var fields: [String: String] = [:]

  init(_ line: Substring) {
    bytes = Array(line.utf8)
    rest = bytes.indices
  }

  /// Takes these keys, which begin the line, and their values, but for the last one's.
  mutating func takeHead(_ keys: [String]) -> Bool {
    var start = rest.lowerBound
    for (index, key) in keys.enumerated() {
      let word = Array("\(index == 0 ? "" : " ")\(key)=".utf8)
      guard bytes[start..<rest.upperBound].starts(with: word) else { return false }
      start += word.count
      guard index + 1 < keys.count else { break }
      let next = Array(" \(keys[index + 1])=".utf8)
      guard let end = first(next, from: start) else { return false }
      fields[key] = text(start..<end)
      start = end
    }
    rest = start..<rest.upperBound
    return true
  }

  /// Takes these keys, the last of the line, and their values.
  mutating func takeTail(_ keys: [String]) -> Bool {
    for key in keys.reversed() {
      let word = Array(" \(key)=".utf8)
      guard let start = last(word) else { return false }
      fields[key] = text((start + word.count)..<rest.upperBound)
      rest = rest.lowerBound..<start
    }
    if let exit = fields["ExitCode"] { fields["ExitCode"] = String(exit.prefix { $0 != " " }) }
    return true
  }

  /// Splits the words that stand behind the value of a key, each of these at most once, in order.
  mutating func takeOptional(_ keys: [String], behind key: String) -> Bool {
    let words = (fields[key] ?? "").split(separator: " ", omittingEmptySubsequences: true)
    fields[key] = words.first.map(String.init) ?? ""
    var open = keys[...]
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "="),
        let place = open.firstIndex(of: String(word[..<equals]))
      else { return false }
      fields[open[place]] = String(word[word.index(after: equals)...])
      open = open[(place + 1)...]
    }
    return true
  }

  /// Takes name, folder, and the row of keys between them, whose values have no blank, if it stands
  /// in one place only. The last key's value is the folder.
  mutating func takeMiddle(_ keys: [String]) -> Bool {
    guard let head = keys.first else { return false }
    let word = Array(" \(head)=".utf8)
    var found: [(start: Int, fields: [String: String])] = []
    var from = rest.lowerBound
    while let start = first(word, from: from) {
      if let row = row(keys, at: start) { found.append((start, row)) }
      from = start + 1
    }
    guard found.count == 1, let only = found.first else { return false }
    fields["Name"] = text(rest.lowerBound..<only.start)
    fields.merge(only.fields) { _, new in new }
    return true
  }

  /// The values of a row of keys that begins at a place; nil if it does not stand there.
  private func row(_ keys: [String], at start: Int) -> [String: String]? {
    var values: [String: String] = [:]
    var start = start
    for (index, key) in keys.enumerated() {
      let word = Array(" \(key)=".utf8)
      guard start <= rest.upperBound, bytes[start..<rest.upperBound].starts(with: word) else {
        return nil
      }
      start += word.count
      if index + 1 == keys.count {
        values[key] = text(start..<rest.upperBound)
      } else {
        let end = bytes[start..<rest.upperBound].firstIndex(of: 0x20) ?? rest.upperBound
        values[key] = text(start..<end)
        start = end
      }
    }
    return values
  }

  private func first(_ word: [UInt8], from start: Int) -> Int? {
    guard start + word.count <= rest.upperBound else { return nil }
    return (start...(rest.upperBound - word.count)).first { holds(word, at: $0) }
  }

  private func last(_ word: [UInt8]) -> Int? {
    guard rest.lowerBound + word.count <= rest.upperBound else { return nil }
    return (rest.lowerBound...(rest.upperBound - word.count)).last { holds(word, at: $0) }
  }

  private func holds(_ word: [UInt8], at place: Int) -> Bool {
    bytes[place] == word[0] && bytes[place..<(place + word.count)].elementsEqual(word)
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}

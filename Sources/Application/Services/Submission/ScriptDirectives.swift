package import Wire

/// One word of a submission's options and where it stands.
package struct OptionWord: Hashable, Sendable {
  package let text: String
  /// Line in the script from 1; nil for the command line.
  package let line: Int?

  package init(text: String, line: Int?) {
    self.text = text
    self.line = line
  }
}

/// Reads the `#SBATCH` lines of a script as sbatch does: from the top to the first command, each
/// line split into words with quotes, a ` #` ending it.
package enum ScriptDirectives {
  package static func words(in script: String) -> [OptionWord] {
    var words: [OptionWord] = []
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.isEmpty || trimmed == "\r" { continue }
      guard trimmed.first == "#" else { break }
      guard line.hasPrefix("#SBATCH") else { continue }
      words += split(line.dropFirst(7)).map { OptionWord(text: $0, line: index + 1) }
    }
    return words
  }

  /// Splits on blanks outside quotes; a backslash takes the next character as it is.
  static func split(_ line: Substring) -> [String] {
    var words: [String] = []
    var current: String?
    var quote: Character?
    var escaped = false
    for character in line where character != "\r" {
      if escaped {
        current = (current ?? "") + String(character)
        escaped = false
      } else if character == "\\", quote != "'" {
        escaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { current = (current ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        current = current ?? ""
      } else if character == " " || character == "\t" {
        if let word = current { words.append(word) }
        current = nil
      } else if character == "#", current == nil {
        break
      } else {
        current = (current ?? "") + String(character)
      }
    }
    if let word = current { words.append(word) }
    return words
  }

  /// Says what is wrong with a script as such, or nil.
  package static func fault(in script: String, named name: String) -> Problem.Place? {
    if script.isEmpty {
      return Problem.Place(file: name, line: 1, message: "the script is empty")
    }
    guard script.hasPrefix("#!") else {
      return Problem.Place(
        file: name, line: 1,
        message: "the first line must name the interpreter, for instance #!/bin/bash")
    }
    if script.utf8.contains(0) {
      return Problem.Place(file: name, line: 1, message: "the script holds a zero byte")
    }
    if let bad = script.split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex(where: { $0.hasSuffix("\r") })
    {
      return Problem.Place(
        file: name, line: bad + 1, message: "the line ends in a DOS line break (CR LF)")
    }
    return nil
  }
}

/// The `#SBATCH` lines of a script, read as sbatch does: from the top to the first command, split
/// into words, with quotes and backslashes; an unquoted `#` ends a line.
package struct ScriptDirectives: Sendable {
  package private(set) var words: [OptionWord] = []
  package private(set) var faults: [OptionFault] = []

  /// Larger scripts are refused, as Slurm does (max_script_size).
  package static let largestScript = 4 << 20

  private static let sentinel = "#SBATCH"

  package init(_ script: String) {
    if let fault = Self.fault(in: script) {
      faults = [fault]
      return
    }
    var number = 0
    for line in script.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      if line.hasPrefix(Self.sentinel) {
        read(line.dropFirst(Self.sentinel.count), number)
      } else if let first = line.first(where: { !$0.isWhitespace }), first != "#" {
        return
      }
    }
  }

  /// What is wrong with a script as such, or nil.
  private static func fault(in script: String) -> OptionFault? {
    func fault(_ line: Int, _ message: String) -> OptionFault {
      OptionFault(.script(line: line), message)
    }
    if script.isEmpty { return fault(1, "the script is empty") }
    guard script.utf8.starts(with: "#!".utf8) else {
      return fault(1, "the first line must name the interpreter, for instance #!/bin/bash")
    }
    guard script.utf8.count <= largestScript else {
      return fault(
        1, "the script has \(script.utf8.count) bytes; the largest accepted is \(largestScript)")
    }
    if script.utf8.contains(0) { return fault(1, "the script holds a zero byte") }
    var line = 1
    var previous: UInt8 = 0
    for byte in script.utf8 {
      if byte == UInt8(ascii: "\n") {
        if previous == UInt8(ascii: "\r") {
          return fault(line, "the line ends in a DOS line break (CR LF); save it with LF alone")
        }
        line += 1
      }
      previous = byte
    }
    return nil
  }

  private mutating func read(_ line: Substring, _ number: Int) {
    var word: String?
    var quote: Character?
    var escapes = false
    for character in line {
      if escapes {
        word = (word ?? "") + String(character)
        escapes = false
      } else if character == "\\" {
        escapes = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        take(&word, number)
      } else if character == "#" {
        break
      } else {
        word = (word ?? "") + String(character)
      }
    }
    take(&word, number)
    if let quote {
      faults.append(
        OptionFault(.script(line: number), "the quote \(quote) is not closed on this line"))
    }
  }

  private mutating func take(_ word: inout String?, _ number: Int) {
    if let text = word { words.append(OptionWord(text, .script(line: number))) }
    word = nil
  }
}

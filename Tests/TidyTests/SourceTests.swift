import Foundation
import Testing

/// Sizes, words that are not used, and what every declaration says.
@Suite("sources")
struct SourceTests {
  private static let longestFile = 400
  private static let longestFunction = 70
  /// What runs inside Slurm or links its library.
  private static let underTheGPL = [
    "Sources/Drivers/CSlurm", "Sources/Adapters/SlurmControl", "Sources/Programs/polder-bridge",
    "Sources/Plugins",
  ]

  @Test("a file has at most 400 lines")
  func fileLength() throws {
    for folder in ["Sources", "Tests"] {
      for file in Repository.files(in: folder, ending: ".swift", ".c", ".h", ".sql") {
        let count = try Repository.text(of: file).utf8.count { $0 == UInt8(ascii: "\n") }
        if count > Self.longestFile { Issue.record("\(file) has \(count) lines") }
      }
    }
  }

  @Test("a Swift function has at most 70 lines")
  func functionLength() throws {
    for file in try Repository.swiftFiles() {
      for function in Functions.of(file) where function.lines > Self.longestFunction {
        Issue.record("\(file.path):\(function.line) has \(function.lines) lines")
      }
    }
  }

  @Test("a C function has at most 70 lines")
  func cFunctionLength() throws {
    for file in Repository.files(in: "Sources", ending: ".c") {
      let lines = try Repository.text(of: file).split(
        separator: "\n", omittingEmptySubsequences: false)
      var opened: Int? = nil
      for (index, line) in lines.enumerated() {
        if line == "{" || line.hasSuffix(") {"), line.first?.isWhitespace == false {
          opened = index
        } else if line == "}", let first = opened {
          if index - first + 1 > Self.longestFunction {
            Issue.record("\(file):\(first + 1) has \(index - first + 1) lines")
          }
          opened = nil
        }
      }
    }
  }

  @Test("nothing is forced, and nothing ends the process on outside data")
  func forced() throws {
    let banned = #/\b(?:try|as)!|\bfatalError\(/#
    for file in try Repository.swiftFiles()
    where file.code.contains(where: { $0.contains("!") || $0.contains("fatalError") }) {
      for place in file.places(of: banned) { Issue.record("\(place)") }
    }
  }

  @Test("libraries print nothing")
  func printing() throws {
    let banned = #/(^|[^.\w])(debugPrint|print|dump)\(/#
    for file in try Repository.swiftFiles() where file.parts[0] == "Sources" {
      guard file.parts[1] != "Programs" else { continue }
      for place in file.places(of: banned) { Issue.record("\(place)") }
    }
  }

  @Test("tests wait for events and never for time")
  func sleeping() throws {
    let banned = #/\b(Task|Thread)\.sleep\b|\b(sleep|usleep|nanosleep)\(/#
    for file in try Repository.swiftFiles() where file.parts[0] == "Tests" {
      for place in file.places(of: banned) { Issue.record("\(place)") }
    }
  }

  @Test("a promise of work names its issue")
  func promises() throws {
    let words = ["TO" + "DO", "FIX" + "ME"]
    let kinds = [".swift", ".c", ".h", ".sql", ".sh", ".md", ".yaml"]
    for folder in ["Sources", "Tests", "deploy", "docs", "config"] {
      for kind in kinds {
        for file in Repository.files(in: folder, ending: kind) {
          for (index, line) in try Repository.text(of: file).split(
            separator: "\n", omittingEmptySubsequences: false
          ).enumerated() {
            for word in words where line.contains(word) && !line.contains("\(word)(#") {
              Issue.record("\(file):\(index + 1): \(line)")
            }
          }
        }
      }
    }
  }

  @Test("every package declaration at the top of a file says what it is")
  func documented() throws {
    for file in try Repository.swiftFiles() where file.parts[0] == "Sources" {
      for (index, line) in file.lines.enumerated() {
        guard line.hasPrefix("package "), !line.hasPrefix("package import"),
          !line.hasPrefix("package extension")
        else { continue }
        let above = file.lines[..<index].last { !$0.hasPrefix("@") } ?? ""
        if !above.hasPrefix("///") { Issue.record("\(file.path):\(index + 1): \(line)") }
      }
    }
  }

  @Test("what runs inside Slurm or links its library says that it is under the GPL")
  func licences() throws {
    for folder in Self.underTheGPL {
      let files = Repository.files(in: folder, ending: ".swift", ".c", ".h")
      #expect(!files.isEmpty, "\(folder) has moved")
      for file in files {
        let first = try Repository.text(of: file).prefix { $0 != "\n" }
        if !first.hasSuffix("SPDX-License-Identifier: GPL-2.0-or-later") {
          Issue.record("\(file) begins with no SPDX line")
        }
      }
    }
  }
}

/// The functions of a file, found by counting braces.
enum Functions {
  /// The first line of one, from 1, and how many lines it has with its signature.
  struct Extent {
    let line: Int
    let lines: Int
  }

  static func of(_ file: SwiftFile) -> [Extent] {
    file.code.indices.compactMap { first in
      guard file.code[first].contains(beginning) else { return nil }
      return end(of: first, in: file.code).map { Extent(line: first + 1, lines: $0 - first + 1) }
    }
  }

  private static var beginning: Regex<Substring> {
    #/^\s*(?:[a-z@]+(?:\([a-z]+\))?\s+)*(?:func\s|init[?(<]|deinit\b|subscript[(<]).*/#
  }

  /// The line of the brace that closes the body; nil for a requirement, which has none.
  private static func end(of first: Int, in code: [String]) -> Int? {
    var braces = 0
    var parentheses = 0
    for index in first..<code.count {
      if index > first, braces == 0, parentheses == 0, code[index].contains(beginning) {
        return nil
      }
      for character in code[index].utf8 {
        switch character {
        case UInt8(ascii: "("): parentheses += 1
        case UInt8(ascii: ")"): parentheses -= 1
        case UInt8(ascii: "{"): braces += 1
        case UInt8(ascii: "}"):
          braces -= 1
          if braces <= 0 { return braces == 0 ? index : nil }
        default: break
        }
      }
    }
    return nil
  }
}

import Foundation

/// The text tables beside the tests, found by the path of this file: no bundle, no resources.
enum TableFiles {
  static func names(in folder: String) -> [String] {
    let found = try? FileManager.default.contentsOfDirectory(atPath: path(folder))
    return (found ?? []).filter { $0.hasSuffix(".txt") }.sorted()
  }

  /// The lines of a table, without comments and blank lines, with their numbers from 1.
  static func lines(of name: String, in folder: String) throws -> [(number: Int, text: String)] {
    let text = try String(contentsOfFile: "\(path(folder))/\(name)", encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0.offset + 1, String($0.element)) }
      .filter { !$0.1.hasPrefix("#") && !$0.1.allSatisfy(\.isWhitespace) }
  }

  private static func path(_ folder: String) -> String {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    return here.appending(path: "Tables/\(folder)").path(percentEncoded: false)
  }
}

/// A table that can't be read: the file, the line, and what is wrong with it.
struct TableError: Error, CustomStringConvertible {
  let table: String
  let line: Int
  let problem: String

  var description: String { "\(table):\(line): \(problem)" }
}

func words(_ text: some StringProtocol) -> [String] {
  text.split { $0 == " " }.map { String($0) }
}

import Foundation

/// The repository that these tests are part of, found by the path of this file.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Every file below a folder, by its path from the root, ascending.
  static func files(in folder: String, ending suffixes: String...) -> [String] {
    let path = root.appending(path: folder).path(percentEncoded: false)
    let found = FileManager.default.subpaths(atPath: path) ?? []
    return found.map { "\(folder)/\($0)" }
      .filter { file in suffixes.contains { file.hasSuffix($0) } }.sorted()
  }

  static func text(of file: String) throws -> String {
    try String(contentsOf: root.appending(path: file), encoding: .utf8)
  }

  static func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(
      atPath: root.appending(path: file).path(percentEncoded: false))
  }

  /// All Swift of ours, read once.
  static func swiftFiles() throws -> [SwiftFile] { try read.get() }

  private static let read: Result<[SwiftFile], any Error> = Result {
    try (files(in: "Sources", ending: ".swift") + files(in: "Tests", ending: ".swift"))
      .map { SwiftFile(path: $0, text: try text(of: $0)) }
  }
}

/// A Swift file: what it says, and its code alone.
struct SwiftFile {
  /// From the root: `Sources/Core/Domain/Instant.swift`.
  let path: String
  let lines: [String]
  /// The same lines with comments and string literals blanked out.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    code = CodeOnly.of(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  /// `Sources`, `Core`, `Domain`, `Instant.swift`.
  var parts: [String] { path.split(separator: "/").map(String.init) }

  /// The modules it imports, by line from 1.
  var imports: [(line: Int, module: String)] {
    code.enumerated().compactMap { index, line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || Self.levels.contains(String($0)) })
      else { return nil }
      let kind = Self.kinds.contains(String(words[place + 1]))
      guard let name = words.dropFirst(place + (kind ? 2 : 1)).first else { return nil }
      return (index + 1, String(name.prefix { $0 != "." }))
    }
  }

  private static let levels: Set<String> = ["package", "public", "internal", "private"]
  private static let kinds: Set<String> = ["struct", "class", "enum", "func", "let", "var"]

  /// Where a pattern occurs in the code, as `path:line: text`.
  func places(of pattern: some RegexComponent) -> [String] {
    zip(code, lines).enumerated().compactMap { index, pair in
      pair.0.contains(pattern)
        ? "\(path):\(index + 1): \(pair.1.trimmingCharacters(in: .whitespaces))" : nil
    }
  }
}

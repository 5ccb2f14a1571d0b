import Foundation
import Testing

/// The database's files, the decisions and the documents.
@Suite("records")
struct RecordTests {
  private static let migrations = "Sources/Adapters/Store/SQL/migrations"

  /// The number that a file's name begins with.
  private static func number(_ file: String) -> Int? {
    file.split(separator: "/").last.flatMap { Int($0.prefix(4)) }
  }

  @Test("migrations are numbered from 1 without gaps")
  func migrationNumbers() {
    let numbers = Repository.files(in: Self.migrations, ending: ".sql").map(Self.number)
    #expect(!numbers.isEmpty)
    #expect(numbers == Array(1...max(numbers.count, 1)))
  }

  @Test("every .sql file begins with its purpose, and names what it is given")
  func sqlHeaders() throws {
    for file in Repository.files(in: "Sources", ending: ".sql") {
      let lines = try Repository.text(of: file).split(separator: "\n")
      let header = lines.prefix { $0.hasPrefix("--") }
      if header.isEmpty { Issue.record("\(file) has no header") }
      guard !file.hasPrefix(Self.migrations) else { continue }
      for match in lines.dropFirst(header.count).joined(separator: "\n").matches(of: #/\$\d+/#) {
        if !header.contains(where: { $0.contains("\(match.0):") }) {
          Issue.record("\(file): its header does not say what \(match.0) is")
        }
      }
    }
  }

  @Test("no query asks for every column")
  func selectAll() throws {
    for file in Repository.files(in: "Sources", ending: ".sql") {
      if try Repository.text(of: file).contains(#/SELECT\s+\*/#) { Issue.record("\(file)") }
    }
  }

  @Test("every action that the audit log tells is among those that can be asked for, and explained")
  func auditActions() throws {
    let all = try Repository.files(in: "Sources", ending: ".swift")
      .map { try Repository.text(of: $0) }.joined()
    let names = Set(
      all.matches(of: #/static let ([A-Za-z]+) = AuditAction\(rawValue: "([a-z-]+)"\)/#).map {
        [String($0.1), String($0.2)]
      })
    #expect(names.count > 10)
    let log = try Repository.text(of: "Sources/Application/Services/Audit/AuditLine.swift")
    let known = log.split(separator: "known: [AuditAction] = [").last?.prefix { $0 != "]" } ?? ""
    let page = try Repository.text(of: "docs/audit.md")
    for name in names {
      #expect(known.contains(".\(name[0]),"), "\(name[0]) is not in AuditAction.known")
      #expect(page.contains("`\(name[1])`"), "docs/audit.md does not explain \(name[1])")
    }
  }

  @Test("decisions are numbered without gaps, and each is in the index")
  func decisions() throws {
    let index = try Repository.text(of: "docs/adr/README.md")
    let files = Repository.files(in: "docs/adr", ending: ".md").filter {
      !$0.hasSuffix("README.md")
    }
    #expect(files.map(Self.number) == Array(1...max(files.count, 1)))
    for file in files {
      let name = file.split(separator: "/").last ?? ""
      #expect(index.contains("(\(name))"), "docs/adr/README.md does not link \(name)")
    }
  }

  @Test("every page of docs/ is reached from README.md or docs/architecture.md")
  func pages() throws {
    let readme = try Repository.text(of: "README.md")
    let architecture = try Repository.text(of: "docs/architecture.md")
    for file in Repository.files(in: "docs", ending: ".md") {
      let name = file.dropFirst("docs/".count)
      guard !name.contains("/"), name != "architecture.md" else { continue }
      #expect(
        readme.contains("(\(file))") || architecture.contains("(\(name))"),
        "no link leads to \(file)")
    }
  }

  @Test("every link between our documents leads somewhere")
  func links() throws {
    var pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    for folder in ["docs", "deploy", "config"] {
      pages += Repository.files(in: folder, ending: ".md")
    }
    for page in pages {
      let folder = page.split(separator: "/").dropLast().joined(separator: "/")
      for match in try Repository.text(of: page).matches(of: #/\]\(([^)#\s:]+)(?:#[^)]*)?\)/#) {
        let target = folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
        #expect(Repository.exists(target), "\(page) links \(match.1)")
      }
    }
  }
}

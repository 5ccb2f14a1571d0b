// Why: only the programs themselves can say that they agree with us.
import Foundation
import Reporting

/// A bookkeeping program of other people, run on a journal.
enum Bookkeeper {
  struct Missing: Error, CustomStringConvertible {
    let program: String
    var description: String {
      "\(program) is not on PATH: these tests need hledger, ledger and beancount (make test, as "
        + "root, brings them without installing them)"
    }
  }

  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  struct Answer {
    let status: Int32
    let text: String
    let complaint: String

    /// Nothing was found wrong: not even a warning.
    var isContent: Bool { status == 0 && complaint.isEmpty }

    var said: String { "\(status): " + String((complaint + text).prefix(2000)) }
  }

  /// What each program is asked so that it checks all that it can.
  static func check(_ dialect: JournalDialect, _ file: String) throws -> Answer {
    switch dialect {
    case .hledger: try run("hledger", ["check", "--strict", "ordereddates", "-f", file])
    case .ledger:
      try run("ledger", ["--args-only", "--strict", "--pedantic", "-f", file, "balance"])
    case .beancount: try run("bean-check", ["--no-cache", file])
    }
  }

  /// The balances that a program finds, in GPU-milliseconds by account; those of zero left out.
  static func balances(_ dialect: JournalDialect, _ file: String) throws -> [String: Int64] {
    let answer =
      switch dialect {
      case .hledger:
        try run("hledger", ["balance", "-f", file, "--flat", "--no-total", "-O", "csv"])
      case .ledger:
        try run(
          "ledger",
          [
            "--args-only", "-f", file, "balance", "--flat", "--no-total", "--balance-format",
            "%(account),%(display_total)\n",
          ])
      case .beancount:
        try run(
          "bean-query",
          [
            "--no-errors", "-q", "-f", "csv", file,
            // A position of more than nine digits is more than it can print; a number is not.
            "SELECT account, sum(number), currency GROUP BY account, currency",
          ])
      }
    guard answer.status == 0 else { throw Failed(description: answer.said) }
    var balances: [String: Int64] = [:]
    for line in answer.text.split(whereSeparator: \.isNewline) {
      let cells = line.split(separator: ",").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "\" "))
      }
      let digits = cells.dropFirst().joined(separator: " ").split(separator: " ")
      guard digits.count == 2, digits[1] == "GPUMS", let amount = Int64(digits[0])
      else { continue }
      balances[cells[0]] = amount == 0 ? nil : amount
    }
    return balances
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Answer {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    guard
      let path = folders.map({ "\($0)/\(program)" })
        .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { throw Missing(program: program) }
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("polder-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let files = ["text", "complaint"].map { place.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    // Nobody's own settings, and the same texts everywhere.
    environment["HOME"] = place.path
    environment["LANG"] = "C.UTF-8"
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Answer(status: process.terminationStatus, text: texts[0], complaint: texts[1])
  }
}

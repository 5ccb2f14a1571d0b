import ArgumentParser
import Client
import Foundation

struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "The books for other people's programs.",
    subcommands: [ExportJournal.self])
}

/// The bookkeeping programs that journals are written for.
enum JournalFormat: String, ExpressibleByArgument, CaseIterable {
  case hledger
  case ledger
  case beancount
}

struct ExportJournal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Write the books as a journal that hledger, ledger or beancount checks.",
    discussion: """
      Each entry is one transaction, in whole GPU-milliseconds (GPUMS), and the journal says what \
      must stand in every account: the program agrees with Polder or refuses the file. Without \
      days the whole history; or --month, or --from and --to, in UTC, both included. All projects \
      are for auditors and administrators.

      Examples:

        polder export journal --project longscan -o longscan.journal
        hledger -f longscan.journal check --strict ordereddates
        polder export journal --all --month 2026-11 --format beancount -o november.beancount
        bean-check november.beancount
      """)

  @Option(help: "hledger, ledger or beancount.")
  var format: JournalFormat = .hledger

  @Option(help: "The project.")
  var project: String?

  @Flag(help: "All projects.")
  var all = false

  @Option(help: ArgumentHelp("A whole month.", valueName: "YYYY-MM"))
  var month: String?

  @Option(help: ArgumentHelp("The first day.", valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(help: ArgumentHelp("The last day.", valueName: "YYYY-MM-DD"))
  var to: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file instead of the terminal.", valueName: "file"))
  var output: String?

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    guard all != (project != nil) else {
      throw Failure(.usage, "name a project with --project, or ask for --all")
    }
    var days = (from: from, to: to)
    if month != nil {
      let period = try Period(month: month, from: from, to: to, now: Clock.current().now)
      days = (period.from, period.to)
    }
    let (format, project, asked) = (format.rawValue, project, days)
    let file = try JournalFile(output)
    do {
      try await connection.client { client in
        try await client.journal(
          format: format, project: project, from: asked.from, to: asked.to, file.write)
      }
    } catch {
      file.discard()
      throw error
    }
    try file.finish()
  }
}

/// Where a journal goes: to the terminal, or to a file that stands under its name once it is whole.
private struct JournalFile {
  private let path: String?
  private let handle: FileHandle

  init(_ path: String?) throws {
    self.path = path
    guard let path else {
      handle = .standardOutput
      return
    }
    do {
      let part = Self.part(of: path)
      try Data().write(to: part)
      handle = try FileHandle(forWritingTo: part)
    } catch {
      throw Self.failure(path, error)
    }
  }

  private static func part(of path: String) -> URL { URL(fileURLWithPath: path + ".part") }

  private static func failure(_ path: String, _ error: any Error) -> Failure {
    Failure(.invalidInput, "\(path) can't be written: \(error.localizedDescription)")
  }

  func write(_ piece: Data) throws {
    do {
      try handle.write(contentsOf: piece)
    } catch {
      throw Self.failure(path ?? "the journal", error)
    }
  }

  /// Leaves what stood under the name as it was.
  func discard() {
    guard let path else { return }
    try? handle.close()
    try? FileManager.default.removeItem(at: Self.part(of: path))
  }

  func finish() throws {
    guard let path else { return }
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw Self.failure(path, error)
    }
    // Foundation's replaceItemAt moves the old file onto the new one here.
    guard unsafe rename(Self.part(of: path).path, path) == 0 else {
      throw Self.failure(path, POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO))
    }
  }
}

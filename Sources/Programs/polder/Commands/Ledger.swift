import ArgumentParser
import Client
import Wire

struct Ledger: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "The entries that made a project's balances, oldest first.",
    discussion: """
      Every grant, hold, release, charge and refund. Entries are never changed: a correction is a \
      new entry that names the one it corrects. The CSV gives amounts in GPU-milliseconds too, in \
      which they are exact.

      Example:

        polder ledger longscan --format csv > longscan.csv
      """)

  @Argument(help: "The project.")
  var project: String

  @Option(help: "table, csv or json.")
  var format: FigureFormat = .table

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let project = project
    let entries = try await connection.client { client in
      try await client.ledger(project: project)
    }
    switch format {
    case .json: try printJSON(entries)
    case .csv: LedgerText.csv(entries).forEach(Terminal.say)
    case .table: LedgerText.table(entries, .current()).forEach(Terminal.say)
    }
  }
}

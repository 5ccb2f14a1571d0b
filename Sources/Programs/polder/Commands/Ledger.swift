import ArgumentParser
import Client
import Wire

struct Ledger: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "The entries that made a project's balances, in the order in which they were booked.",
    discussion: """
      Every grant, hold, release, charge and refund. Entries are never changed: a correction is a \
      new entry that names the one it corrects. What came late is effective before entries that stand \
      above it: EFFECTIVE need not ascend, what was available after each is by this order. The CSV gives amounts in GPU-milliseconds too, in \
      which they are exact.

      What came late, after the month that it belongs to was closed, is effective in the open \
      month and names the closed one. What was done by hand names who asked and who approved, by \
      opaque id, and the note that was written with it; self-approved is what was approved by who asked \
      for it.

      Examples:

        polder ledger longscan --format csv > longscan.csv
        polder ledger longscan --allocation longscan-1 --from 2026-11-01 --to 2026-11-30
        polder ledger --funder state --from 2026-11-01 --to 2026-11-30 --format csv > state.csv
      """)

  @Argument(help: "The project.")
  var project: String?

  @Option(help: ArgumentHelp("Of all projects of a programme: for auditors and administrators."))
  var programme: String?

  @Option(help: ArgumentHelp("Of all projects of a funder: for auditors and administrators."))
  var funder: String?

  @Flag(help: "Of all projects: for auditors and administrators.")
  var all = false

  @Option(help: ArgumentHelp("Only entries of this allocation.", valueName: "id"))
  var allocation: String?

  @Option(
    help: ArgumentHelp("Effective on this day (UTC) or later.", valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(
    help: ArgumentHelp("Effective on this day (UTC) or earlier.", valueName: "YYYY-MM-DD"))
  var to: String?

  @Option(help: "table, csv or json.")
  var format: FigureFormat = .table

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    guard [project != nil, programme != nil, funder != nil, all].count(where: { $0 }) == 1 else {
      throw Failure(.usage, "name a project, or one of --programme, --funder and --all")
    }
    guard let project else { return try await runOverall() }
    let (allocation, from, to) = (allocation, from, to)
    let entries = try await connection.client { client in
      try await client.ledger(project: project, allocation: allocation, from: from, to: to)
    }
    switch format {
    case .json: try printJSON(entries)
    case .csv: LedgerText.csv(entries).forEach(Terminal.say)
    case .table: LedgerText.table(entries, .current()).forEach(Terminal.say)
    }
  }

  /// Of many projects: CSV and JSON are printed as they come, a table once its widths are known.
  private func runOverall() async throws {
    guard allocation == nil else {
      throw Failure(.usage, "--allocation is of one project: name that instead")
    }
    let (programme, funder, all, from, to) = (programme, funder, all, from, to)
    let format = format
    var gathered: [EntryView] = []
    var count = 0
    try await connection.client { client in
      try await client.ledgers(
        programme: programme, funder: funder, all: all, from: from, to: to
      ) { entries in
        switch format {
        case .table: gathered += entries
        case .csv:
          if count == 0 { Terminal.say(LedgerText.csvHeader) }
          LedgerText.csvLines(entries).forEach(Terminal.say)
        case .json:
          for (index, entry) in entries.enumerated() {
            Terminal.say(count + index == 0 ? "[" : ",")
            try printJSON(entry)
          }
        }
        count += entries.count
      }
    }
    switch format {
    case .table: LedgerText.table(gathered, .current(), ofMany: true).forEach(Terminal.say)
    case .csv: if count == 0 { Terminal.say(LedgerText.csvHeader) }
    case .json: Terminal.say(count == 0 ? "[]" : "]")
    }
  }
}

import ArgumentParser
import Client
import Wire

/// `polder report statement`.
struct ReportStatement: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statement",
    abstract: "The statement of a project: balances before and after, and every entry between.",
    discussion: """
      For the members of the project, auditors and administrators. Of each allocation it has the balance \
      when the period began, every entry that is effective in it, and the balance at the end; what they sum \
      to is held against the books. The period is the current month so far, a month (--month), or whole days \
      in UTC, --from and --to included. Of a closed month it is the same for ever, but for notes that \
      are erased.

      Examples:

        polder report statement --project longscan --month 2026-11
        polder report statement --project longscan --month 2026-11 --format csv > november.csv
      """)

  @Option(help: ArgumentHelp("The project.", valueName: "id"))
  var project: String

  @OptionGroup var options: ReportOptions

  mutating func run() async throws {
    let period = try options.days.period()
    let project = project
    let report = try await options.connection.client { client in
      try await client.statement(of: project, from: period.from, to: period.to)
    }
    try options.format.print(report, of: nil)
  }
}

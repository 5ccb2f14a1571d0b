import ArgumentParser
import Client
import Wire

/// `polder report final`.
struct ReportFinal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "final",
    abstract: "What a project's final report is written from: award, use and refunds by month.",
    discussion: """
      For the members of the project, auditors and administrators. Of each allocation whose window has begun \
      it has a row for each month and one of all: awarded, used, refunded and for which reasons, what was not \
      used, and when the final report is due. Energy and why time was not used are not recorded.

      Example:

        polder report final --project longscan --format csv > longscan.csv
      """)

  @Option(help: ArgumentHelp("The project.", valueName: "id"))
  var project: String

  @Option(
    help: "table, csv (the canonical bytes), json, or html (one page, for reading and printing).")
  var format: ReportFormat = .table

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let project = project
    let report = try await connection.client { client in
      try await client.finalReport(of: project)
    }
    try format.print(report, of: nil)
  }
}

import ArgumentParser
import Client
import Foundation
import Glibc
import Wire

/// `polder sacct`, and `sacct` where it is installed under that name.
struct Sacct: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sacct",
    abstract:
      "What Slurm's sacct tells of jobs, with its options and columns, out of Polder's books.",
    discussion: """
      For tools that ask sacct, where Slurm runs without its database: link the command under the \
      name sacct into a folder of PATH. docs/tools.md has the columns.

      Example:

        polder sacct -X -P -o JobID,State,NodeList,AllocTRES -S now-2days
      """)

  @Argument(parsing: .captureForPassthrough, help: "Options of sacct.")
  var words: [String] = []

  mutating func run() async throws { await Self.perform(words) }

  static func perform(_ words: [String]) async {
    await SlurmTools.answer("sacct") { try await lines(words) }
  }

  private static func lines(_ words: [String]) async throws -> [String] {
    let environment = ProcessInfo.processInfo.environment
    let time = SlurmTime(
      now: Int64(Date().timeIntervalSince1970.rounded(.down)),
      format: environment["SLURM_TIME_FORMAT"])
    let options = try SacctOptions(
      words, time: time, isRoot: getuid() == 0, format: environment["SACCT_FORMAT"])
    if let help = options.help { return lines(of: help) }
    let (rows, cluster) = try await PolderClient.connected(to: Connection.path(nil)) { client in
      try await told(options, client)
    }
    let header = options.columns.header
    if let wanted = options.clusters, let cluster, !wanted.contains(cluster) { return header }
    return header
      + SacctRows.chosen(rows, options).map { row in
        let cells = SacctCells(row: row, cluster: cluster, options: options, time: time)
        return options.columns.line(cells.cell)
      }
  }

  /// All parts of the answer.
  private static func told(
    _ options: SacctOptions, _ client: PolderClient
  ) async throws(ClientError) -> ([AccountingRow], cluster: String?) {
    var query = options.query
    var rows: [AccountingRow] = []
    while true {
      let part = try await client.accounting(query)
      rows += part.rows
      guard let next = part.next else { return (rows, part.cluster) }
      query.after = next
    }
  }

  private static func lines(of help: SacctOptions.Help) -> [String] {
    switch help {
    case .options:
      [SacctOptions.usage, "The options are those of sacct(1); polder knows no steps of jobs."]
    case .fields: SacctField.help(of: SacctField.all)
    case .usage: [SacctOptions.usage]
    case .version: ["slurm 22.05, as \(Polder.configuration.version) tells it"]
    }
  }
}

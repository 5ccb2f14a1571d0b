import ArgumentParser
import Client
import Wire

struct Balance: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "What projects were granted, have used and still have, as of now.",
    discussion: """
      In GPU-hours. available = granted + in − out − charged + refunded − expired − held − deferred, \
      where in and out went between allocations and deferred is released later. HELD is set aside \
      for what runs now; what is left of a hold comes back when its job ends.

      Example:

        polder balance longscan
        polder balance longscan --as-of 2026-11-01 --known-at 2026-11-05
      """)

  @Argument(help: "Only this project.")
  var project: String?

  @Option(
    help: ArgumentHelp(
      "What had become effective before this moment, in UTC.", valueName: "2026-11-01T12:00Z"))
  var asOf: String?

  @Option(
    help: ArgumentHelp(
      "As it was known then: what had been recorded before this moment.",
      valueName: "2026-11-05"))
  var knownAt: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (project, asOf, knownAt) = (project, asOf, knownAt)
    let balances = try await connection.client { client in
      try await client.balances(project: project, asOf: asOf, knownAt: knownAt)
    }
    if listing.format == .json {
      try printJSON(balances)
    } else {
      BalanceTable(balances, .current()).lines().forEach(Terminal.say)
    }
  }
}

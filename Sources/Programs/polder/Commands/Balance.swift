import ArgumentParser
import Client
import Wire

struct Balance: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "What projects were granted, have used and still have, as of now.",
    discussion: """
      In GPU-hours. available = granted − charged + refunded − expired − held. HELD is set aside \
      for what runs now; what is left of a hold comes back when its job ends.

      Example:

        polder balance longscan
      """)

  @Argument(help: "Only this project.")
  var project: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let project = project
    let balances = try await connection.client { client in
      try await client.balances(project: project)
    }
    if listing.format == .json {
      try printJSON(balances)
    } else {
      BalanceTable(balances, .current()).lines().forEach(Terminal.say)
    }
  }
}

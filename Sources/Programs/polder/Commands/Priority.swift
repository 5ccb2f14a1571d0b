import ArgumentParser
import Client
import Wire

struct Priority: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "priority",
    abstract: "Where your waiting jobs stand in the queue, and why: as sprio shows it.",
    discussion: """
      A priority is a sum: each factor times its weight, in points. FAIR SHARE is the member's rank in \
      the tree of shares; ENTITLED what the funder is behind of its part of the machine; AGE grows as \
      long as the job waits. Others' jobs are a count.

      Example:

        polder priority --project longscan
      """)

  @Option(name: .shortAndLong, help: "Only the jobs of this project.")
  var project: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let priorities = try await connection.client { client in
      try await client.priorities(project: project)
    }
    if listing.format == .json {
      try printJSON(priorities)
    } else {
      PriorityText.lines(priorities).forEach(Terminal.say)
    }
  }
}

import ArgumentParser
import Client
import Wire

struct JobExplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why a job waits, who is ahead of it, and what would let it start sooner.",
    discussion: """
      A start is promised, with nodes that are kept for it, or an estimate. What would start \
      sooner is computed: the same job, at its place in the queue, with a shorter limit, fewer \
      nodes or GPUs, or in another partition.

      Example:

        polder job explain P12
      """)

  @Argument(help: "The job: P12, P12_3 for one task of an array, or Slurm's id.")
  var id: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let explanation = try await connection.client { client in
      try await client.explanation(try await client.polderID(id))
    }
    if listing.format == .json {
      try printJSON(explanation)
    } else {
      ExplanationText.lines(explanation, .current()).forEach(Terminal.say)
    }
  }
}

import ArgumentParser
import Client
import Wire

struct JobShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Everything about a job: its runs, nodes, GPUs, times, and what it cost and why.",
    discussion: "Example:\n\n  polder job show P12")

  @Argument(help: "The job: P12, P12_3 for one task of an array, or Slurm's id.")
  var id: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let job = try await connection.client { client in
      try await client.jobOrTask(try await client.polderID(id))
    }
    if listing.format == .json {
      try printJSON(job)
    } else {
      JobText(job, .current()).lines.forEach(Terminal.say)
    }
  }
}

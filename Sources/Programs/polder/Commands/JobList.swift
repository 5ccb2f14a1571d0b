import ArgumentParser
import Client
import Wire

/// What `polder job list` and `polder queue` share.
struct QueueOptions: ParsableArguments {
  @Flag(help: "Ended jobs too.")
  var all = false

  @Option(name: .shortAndLong, help: "Only the jobs of this project.")
  var project: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  func run() async throws {
    let jobs = try await connection.client { client in
      try await client.jobs(all: all, project: project)
    }
    if listing.format == .json {
      try printJSON(jobs)
      return
    }
    guard !jobs.isEmpty else {
      Terminal.say(all ? "No jobs." : "No job waits or runs. Ended jobs: polder job list --all")
      return
    }
    JobTable(jobs.reversed(), .current()).lines().forEach(Terminal.say)
  }
}

struct JobList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Your jobs: state, expected start, and the reason for every wait.",
    discussion: """
      NODES×GPUS is the number of nodes and the GPUs on each. An expected start may come earlier, \
      when other jobs end before their limits.

      Example:

        polder job list --all --project longscan
      """)

  @OptionGroup var options: QueueOptions

  mutating func run() async throws { try await options.run() }
}

struct Queue: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "The same as \"polder job list\".",
    discussion: "Example:\n\n  polder queue")

  @OptionGroup var options: QueueOptions

  mutating func run() async throws { try await options.run() }
}

import ArgumentParser
import Client
import Wire

struct JobExtend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "Give a job that waits or runs another time limit.",
    discussion: """
      A longer limit is held for first: it is refused, with its numbers, where the budget, the \
      allocation's window or the partition does not carry it. A shorter one is told to Slurm, and \
      the hold stays until the job ends. The limit counts from the job's start, so that asking \
      twice changes nothing. A job that waits gets it under the rules of a new submission. Of an \
      array all tasks that wait or run get it, or none; a task can be given its own.

      Examples:

        polder job extend P12 --time=4:00:00
        polder job extend P14_3 --time=30
      """)

  @Argument(help: ArgumentHelp("A job or task: P12, P14_3, or Slurm's id.", valueName: "id"))
  var id: String

  @Option(
    help: ArgumentHelp("The new limit from its start, as sbatch takes it.", valueName: "time"))
  var time: String

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (id, time) = (id, time)
    let job = try await connection.client { client in
      try await client.changeLimit(try await client.polderID(id), to: time)
    }
    if listing.format == .json {
      try printJSON(job)
    } else {
      let task = job.tasks.first { $0.id == id } ?? job.tasks.first
      let limit =
        task?.runs.last { $0.end == nil }?.timeLimitSeconds ?? task?.timeLimitSeconds
        ?? job.timeLimitSeconds
      Terminal.say("\(job.id) now has the limit \(Clock.limit(limit)).")
    }
  }
}

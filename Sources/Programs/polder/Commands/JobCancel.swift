import ArgumentParser
import Client
import Wire

struct JobCancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Cancel jobs, or single tasks of an array.",
    discussion: """
      A job that waits costs nothing; one that runs is charged for the time it ran, and the rest \
      of its hold is released.

      Example:

        polder job cancel P12 P14_3
      """)

  @Argument(help: ArgumentHelp("Jobs or tasks: P12 P14_3, or Slurm's ids.", valueName: "id"))
  var ids: [String]

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let ids = ids
    let (jobs, names, failure) = try await connection.client { client in
      var jobs: [JobView] = []
      var names: [String] = []
      var failure: Failure?
      // One that can't be cancelled does not keep the others.
      for id in ids {
        do {
          let name = try await client.polderID(id)
          jobs.append(try await client.cancel(name))
          names.append(name)
        } catch ClientError.refused(let problem) {
          let refusal = Failure(problem)
          if failure != nil { Terminal.complain(refusal.text) } else { failure = refusal }
        }
      }
      return (jobs, names, failure)
    }
    if listing.format == .json {
      try printJSON(jobs)
    } else {
      for (job, name) in zip(jobs, names) {
        // A run is ended by Slurm, which takes a moment.
        let isOver = job.tasks.allSatisfy(TaskText.hasEnded)
        Terminal.say(
          isOver ? "Cancelled \(name)." : "Cancelling \(name): Slurm ends what runs of it.")
      }
    }
    if let failure { throw failure }
  }
}

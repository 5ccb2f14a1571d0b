import ArgumentParser
import Client
import Wire

struct JobWait: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until jobs have ended; exit code 0 if all completed with exit code 0.",
    discussion: """
      Prints how each ended. Exit code 1 if one failed, was cancelled or ran out of time; 75 if \
      the time given with --timeout is over first (the jobs go on).

      Example:

        polder job wait P12 P13 && polder job show P12
      """)

  @Argument(help: ArgumentHelp("Jobs or tasks: P12 P14_3, or Slurm's ids.", valueName: "id"))
  var ids: [String]

  @Option(help: ArgumentHelp("Give up after so many seconds.", valueName: "seconds"))
  var timeout: Int?

  @Option(
    name: .customLong("for"),
    help: "ended; or started: return as soon as each task runs or has run.")
  var event: JobWatch.Event = .ended

  @Flag(name: .shortAndLong, help: "Print nothing.")
  var quiet = false

  @OptionGroup var connection: Connection

  func validate() throws {
    if let timeout, timeout < 0 { throw ValidationError("--timeout is a number of seconds") }
  }

  mutating func run() async throws {
    let (ids, timeout, quiet, event) = (ids, timeout, quiet, event)
    try await connection.client { client in
      try await JobWatch(client: client, timeoutSeconds: timeout, isQuiet: quiet, event: event)
        .wait(for: ids)
    }
  }
}

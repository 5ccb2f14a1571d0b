import ArgumentParser
import Client
import Wire

struct Pace: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pace",
    abstract: "Whether allocations are used as fast as expected, and how long they will last.",
    discussion: """
      EXPECTED is what the access mode expects to be used by now: a straight line over the window, \
      or the mode's own. The forecast says what happens if use goes on as in the last 14 days. \
      Under-used is less than half of what is expected, once a third of the window is over, unless \
      your centre says otherwise.

      Examples:

        polder pace longscan
        polder pace --under-use
      """)

  @Argument(help: "Only this project.")
  var project: String?

  @Flag(help: "Only allocations of which too little is used.")
  var underUse = false

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (project, underUse) = (project, underUse)
    let paces = try await connection.client { client in
      try await client.pace(project: project, onlyUnderUse: underUse)
    }
    if listing.format == .json {
      try printJSON(paces)
    } else {
      PaceText.table(paces, .current()).forEach(Terminal.say)
    }
  }
}

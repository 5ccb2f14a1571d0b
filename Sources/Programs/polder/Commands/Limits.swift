import ArgumentParser
import Client
import Wire

struct Limits: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limits",
    abstract: "Limits on what runs or waits at once, and what is in use of them.",
    discussion: """
      A job beyond a limit on what runs waits, and others pass it; beyond a limit on what waits a \
      submission is refused. GPU-H HELD is what running jobs may use to the end of their time \
      limits. Members see the limits above their own projects. What may be used in all: \
      "polder caps".
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let limits = try await connection.client { try await $0.limits() }
    if listing.format == .json {
      try printJSON(limits)
    } else {
      BooksText.table(limits).forEach(Terminal.say)
    }
  }
}

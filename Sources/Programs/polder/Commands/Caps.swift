import ArgumentParser
import Client
import Wire

struct Caps: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "caps",
    abstract: "Caps above allocations, and what was taken of them.",
    discussion: """
      A hard cap lets nothing start beyond it; beyond a soft one jobs start after all others. \
      Members see the caps on their own projects.
      """)

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let caps = try await connection.client { try await $0.caps() }
    if listing.format == .json {
      try printJSON(caps)
    } else {
      BooksText.table(caps, .current()).forEach(Terminal.say)
    }
  }
}

import ArgumentParser
import Client
import Wire

struct Privacy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy",
    abstract: "What is kept of persons: see it, erase it, know for how long.",
    subcommands: [
      PrivacyExport.self, PrivacyErase.self, PrivacyEraseNote.self, PrivacyRetention.self,
    ])
}

struct PrivacyExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "All that the books keep of you, as one JSON document; of others for administrators.",
    discussion: "Example:\n\n  polder privacy export > what-polder-knows-of-me.json")

  @Argument(help: "A member's opaque id; yourself if none is named.")
  var member: String?

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let member = member
    try printJSON(try await connection.client { try await $0.export(member: member) })
  }
}

struct PrivacyErase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Erase what names a member, for ever. Sums and entries stay.",
    discussion: """
      Account, name, names of jobs, scripts, environments and paths go, and notes of acts by hand that \
      name the member or are about the member's jobs; the opaque id stays, and so every balance and \
      report. Refused while jobs are open or a project names the member.

      Example:

        polder privacy erase m-4711 --yes
      """)

  @Argument(help: "The member's opaque id.")
  var member: String

  @Flag(help: "It can't be undone: say that you mean it.")
  var yes = false

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let member = member
    guard yes else {
      throw Failure(.usage, "erasing \(member) can't be undone", next: "say so with --yes")
    }
    let done = try await connection.client { try await $0.erase(member: member) }
    Terminal.say(Self.text(done, .current()))
  }

  static func text(_ done: ErasureView, _ clock: Clock) -> String {
    let notes = done.notes ?? 0
    var counts =
      "\(Text.count(done.jobNames, "name")) of jobs and \(Text.count(done.payloads, "payload"))"
    if notes > 0 { counts += ", and \(Text.count(notes, "note"))," }
    guard let before = done.before else {
      return
        "\(done.member) is an opaque id now: \(counts) erased. Sums and entries are as they were."
    }
    let left =
      done.jobNames + done.payloads + notes == 0
      ? "nothing was left to erase" : "\(counts) that came since are erased now"
    return "\(done.member) was erased on \(clock.full(before)); \(left)."
  }
}

struct PrivacyEraseNote: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase-note",
    abstract: "Erase the note of an act by hand, for ever. Its entries stay.",
    discussion: """
      For a note that names somebody in words that polder privacy erase does not find. For \
      administrators. Example:

        polder privacy erase-note refund:by-hand-2026-11-demo --yes
      """)

  @Argument(help: "An entry of the act, as polder ledger shows it.")
  var entry: String

  @Flag(help: "It can't be undone: say that you mean it.")
  var yes = false

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let entry = entry
    guard yes else {
      throw Failure(
        .usage, "erasing the note of \(entry) can't be undone", next: "say so with --yes")
    }
    let done = try await connection.client { try await $0.eraseNote(entry: entry) }
    Terminal.say("The note of \(done.act) is erased. Its entries are as they were.")
  }
}

struct PrivacyRetention: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention",
    abstract: "How long what is kept, by category, and how much is due to be erased.")

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let categories = try await connection.client { try await $0.retention() }
    if listing.format == .json { return try printJSON(categories) }
    var table = Table(["CATEGORY", "WHAT", ">KEPT", ">DUE", "RULE"])
    for category in categories {
      table.add([
        .init(category.category, .strong), .init(category.what),
        .init(category.seconds.map(Clock.length) ?? "–"),
        .init(category.due.map { "\($0)" } ?? "–"), .init(category.rule),
      ])
    }
    table.lines(width: Terminal.columns).forEach(Terminal.say)
  }
}

import ArgumentParser
import Client
import Wire

struct PeriodCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "period",
    abstract: "Accounting periods: months of the books, which are closed for ever.",
    discussion: """
      No entry is effective in a closed period any more; what becomes known too late is booked in \
      the open one and names the closed one. The seal is a digest of the period's entries: the same \
      for ever, or something was changed.
      """,
    subcommands: [PeriodList.self, PeriodClose.self, PeriodVerify.self])
}

struct PeriodList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The closed periods and their seals.")

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let periods = try await connection.client { try await $0.periods() }
    try BooksText.say(periods, listing.format, none: "No period is closed.")
  }
}

struct PeriodClose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "Close a period and every earlier one, for ever.",
    discussion: """
      For administrators. It can't be undone, so that it shows what it would close and asks first. \
      Where nobody can be asked it wants --yes, and ends with 64 without.

      Examples:

        polder period close 2026-11 --dry-run
        polder period close 2026-11 --yes
      """)

  @Argument(help: ArgumentHelp("The last period to close.", valueName: "YYYY-MM"))
  var period: String

  @Flag(help: "Show what it would close and stop.")
  var dryRun = false

  @Flag(help: "Do not ask.")
  var yes = false

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (period, dryRun, yes, format) = (period, dryRun, yes, listing.format)
    let asking = Result { try refuseUnasked(canAsk: Terminal.isInteractive) }
    try await connection.client { client in
      if dryRun || !yes {
        // Who may not, and a period that is not over, are told that, and not to say --yes.
        let closing = try await client.closing(period: period, thenClose: !dryRun)
        try asking.get()
        if format == .json { return try printJSON(closing) }
        BooksText.lines(closing).forEach(Terminal.say)
        guard !dryRun else { return }
        let question = "Close \(Text.count(closing.periods.count, "period")) for ever?"
        guard Terminal.agrees(question) else { return Terminal.say("Nothing was closed.") }
      }
      let closed = try await client.close(period: period)
      try BooksText.say(closed, format, none: "Nothing was closed.")
    }
  }

  /// What can't be undone is said twice: on a terminal, which a program that reads JSON is not, or
  /// by `--yes`.
  func refuseUnasked(canAsk: Bool) throws(Failure) {
    guard !yes, !dryRun, !canAsk || listing.format == .json else { return }
    throw Failure(
      .usage, "closing \(period) can't be undone, and nobody can be asked here",
      next: "see what it would close with --dry-run, and say so with --yes")
  }
}

struct PeriodVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Make the seals of all closed periods again; ends with 1 if one differs.")

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let check = try await connection.client { try await $0.verifyPeriods() }
    if listing.format == .json { try printJSON(check) }
    guard check.broken.isEmpty else {
      throw Self.failure(check)
    }
    if listing.format == .table {
      Terminal.say("\(Text.count(check.periods, "closed period")), each as it was closed.")
    }
  }

  /// Which part of which period differs: the entries are the money, the facts what reports add.
  static func failure(_ check: PeriodCheckView) -> Failure {
    let parts = [("entries", check.entries), ("frozen facts", check.facts)]
    let text = parts.filter { !$0.1.isEmpty }.map { what, periods in
      "the \(what) of \(periods.joined(separator: ", ")) are not those of the closing"
    }
    return Failure(
      .jobFailed, text.joined(separator: "; "),
      next: "keep the database as it is, and compare it with the last backup")
  }
}

import ArgumentParser
import Client
import Wire

struct Audit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Who changed what by hand, and who read what is others'.",
    discussion: "For auditors and administrators. Reading the log is itself a line of it.",
    subcommands: [AuditList.self, AuditVerify.self, AuditHead.self])
}

struct AuditList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "The latest lines, the last first.",
    discussion: """
      Examples:

        polder audit list --action apply
        polder audit list --from 2026-11-01 --to 2026-11-30 --limit 10000 --format json
      """)

  @Option(help: ArgumentHelp("The first day, in UTC.", valueName: "YYYY-MM-DD"))
  var from: String?

  @Option(help: ArgumentHelp("The last day, in UTC.", valueName: "YYYY-MM-DD"))
  var to: String?

  @Option(help: "Only lines of this subject: a member's id, uid-N, polderd, or 'login NAME'.")
  var actor: String?

  @Option(help: "Only lines of this kind: apply, cancel, read-jobs, …")
  var action: String?

  @Option(help: "At most so many, up to 10000.")
  var limit = 100

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let (from, to, actor, action, limit) = (from, to, actor, action, limit)
    let lines = try await connection.client { client in
      try await client.auditLines(from: from, to: to, actor: actor, action: action, limit: limit)
    }
    if listing.format == .json {
      try printJSON(lines)
    } else {
      AuditText.table(lines, .current()).forEach(Terminal.say)
    }
  }
}

struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recomputes the chain of hashes from the first line; names the first damage.",
    discussion: """
      Ends with 1 if a line was changed, is missing, stands elsewhere or was put in, or if the log \
      is not the one that the head given by --expect ended. What an \
      intruder with all rights to the database rewrote from some line on to the end shows only \
      against a head that was kept outside: print one with "polder audit head" and keep it on \
      paper or on another machine.

      Example:

        polder audit verify --expect "$(cat /media/stick/head-of-november)"
      """)

  @Option(
    help: ArgumentHelp(
      "A head that was kept outside: that line must have that hash still.",
      valueName: "seq:hash"))
  var expect: String?

  @OptionGroup var listing: Listing
  @OptionGroup var connection: Connection

  mutating func run() async throws {
    let expect = expect
    let check = try await connection.client { client in
      try await client.verifyAudit(expected: expect)
    }
    if listing.format == .json { try printJSON(check) }
    guard let finding = check.finding else {
      if listing.format == .table {
        AuditText.sound(check, expected: expect).forEach(Terminal.say)
      }
      return
    }
    throw Failure(
      .jobFailed,
      AuditText.damaged(check, finding),
      next: "keep the database as it is, and compare it with the last backup")
  }
}

struct AuditHead: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "head",
    abstract: "The number and hash of the last line, to be kept outside.")

  @OptionGroup var connection: Connection

  mutating func run() async throws {
    Terminal.say(try await connection.client { try await $0.auditHead() }.text)
  }
}

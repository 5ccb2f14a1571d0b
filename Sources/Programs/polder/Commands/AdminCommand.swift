import ArgumentParser
import Foundation
import Services
import Store
import Wire

/// What the owner of the database does with it. These alone speak to Postgres and not to polderd,
/// so that they work while it is down.
struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin",
    abstract: "Keep the database: bring it up to date, check the books, back up, restore.",
    discussion: """
      Speaks to Postgres itself, as the owner of the database: by peer authentication as the account \
      polder_owner, or with a connection string of your own.
      """,
    subcommands: [
      AdminMigrate.self, AdminVerify.self, AdminBackup.self, AdminRestore.self,
    ])
}

/// Which database.
struct DatabaseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A connection string of libpq; what it leaves out comes from the environment (PGHOST …).",
      valueName: "conninfo"))
  var database = "dbname=polder user=polder_owner"

  /// Who runs this. `/proc/self/loginuid` is all ones for what no login began.
  private static var actor: StoreAdministration.Actor {
    let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)
    let login = text.flatMap { UInt32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return StoreAdministration.Actor(uid: getuid(), login: login == .max ? nil : login)
  }

  /// What Postgres says of a refusal stands behind "FATAL:"; of peer authentication it is told in words.
  static func notAdmitted(_ account: String, _ why: String) -> Failure {
    let said = why.components(separatedBy: "FATAL:").last ?? why
    let reason = said.trimmingCharacters(in: .whitespacesAndNewlines)
    let isPeer = reason.hasPrefix("Peer authentication failed")
    let role = reason.split(separator: "\"").dropFirst().first ?? "that was asked for"
    return Failure(
      .refused,
      "Postgres does not let this account in: "
        + (isPeer
          ? "\(account) is not the role \(role), and \"polder admin\" is for who owns the database"
          : reason),
      next:
        "run it as that owner (sudo -u polder_owner polder admin …), name a role that you may be "
        + "with --database, or ask whoever keeps the database; \"polder status\" tells everyone "
        + "whether the books balance")
  }

  /// Does something with the database, and tells what went wrong as every command does.
  func administer<Value>(
    _ body: (StoreAdministration) async throws(StoreError) -> Value
  ) async throws(Failure) -> Value {
    do {
      return try await body(StoreAdministration(conninfo: database, by: Self.actor))
    } catch {
      throw switch error {
      case .unavailable(let why):
        Failure(.unavailable, why, next: "see that Postgres runs, and who you connect as")
      case .notAdmitted(let why): Self.notAdmitted(NSUserName(), why)
      case .unknown(let why): Failure(.unavailable, why, next: "run it again: it looks first")
      case .broken(let why): Failure(.invalidInput, why)
      }
    }
  }
}

struct AdminMigrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the schema to this program's version, and give the rights.",
    discussion: """
      Each step is one transaction. A database of a newer program is refused. Stop polderd first; it \
      starts again only when the schema is its own.

      Example:

        polder admin migrate --dry-run
      """)

  @OptionGroup var database: DatabaseOption
  @Flag(help: "Only show what would be done.")
  var dryRun = false

  mutating func run() async throws {
    let dryRun = dryRun
    let schema = try await database.administer { store async throws(StoreError) in
      let schema = try await store.schema()
      if !dryRun { try await store.migrate() }
      return schema
    }
    let total = schema.applied + schema.pending.count
    Terminal.say("schema: from \(schema.applied) to \(total)")
    for name in schema.pending { Terminal.say("  \(dryRun ? "would apply" : "applied") \(name)") }
    if schema.pending.isEmpty { Terminal.say("  up to date: \(schema.current)") }
  }
}

struct AdminVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Sum all books anew from their entries, and check what guards them.",
    discussion: """
      Reads everything in one picture; the daemon may run meanwhile. Exit code 1 if anything is \
      wrong, with a line for each fault.

      Example:

        polder admin verify --database "dbname=polder user=polder_owner"
      """)

  @OptionGroup var database: DatabaseOption

  mutating func run() async throws {
    let verification = try await database.administer { store async throws(StoreError) in
      try await store.verify()
    }
    say(verification)
    if !verification.faults.isEmpty { throw ExitCode(1) }
  }
}

struct AdminBackup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write a backup of one moment to FILE, and its manifest to FILE.manifest.",
    discussion: """
      Made by pg_dump while the daemon runs. The manifest has the SHA-256 of the file, the schema and \
      the sums of the books. It contains scripts and names: keep it as you keep the database.

      Example:

        polder admin backup /var/backups/polder-2026-11-23
      """)

  @OptionGroup var database: DatabaseOption
  @Argument(help: "Is written anew.")
  var file: String

  mutating func run() async throws {
    let file = file
    let manifest = try await database.administer { store async throws(StoreError) in
      try await store.backup(to: file)
    }
    let entries = manifest.sums.map(\.entries).reduce(0, +)
    Terminal.say("backup: \(file), schema \(manifest.schema), \(Text.entries(entries))")
    Terminal.say("sha256: \(manifest.sha256)")
  }
}

struct AdminRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring a backup back into an empty database.",
    discussion: """
      Checks the digest, restores, migrates, and holds the books against the manifest. polderd then \
      looks at all that Slurm lists and recorded before it starts anything. Job numbers go on a \
      million later, since those that were given after the backup are still in Slurm.

      Example:

        polder admin restore /var/backups/polder-2026-11-23
      """)

  @OptionGroup var database: DatabaseOption
  @Argument(help: "As it was written by polder admin backup, with its manifest beside it.")
  var file: String

  mutating func run() async throws {
    let file = file
    say(
      try await database.administer { store async throws(StoreError) in
        try await store.restore(from: file)
      })
    Terminal.say("restored: start polderd; it looks at Slurm in full before it starts anything")
  }
}

private func say(_ verification: Verification) {
  var facts = LabelledLines()
  for sum in verification.sums {
    facts.add(sum.kind, "\(Text.entries(sum.entries)), \(sum.total) GPU-ms")
  }
  facts.add("open holds", "\(verification.audit.openHolds)")
  let faults = verification.faults
  facts.add("books", faults.isEmpty ? "balance" : "WRONG", faults.isEmpty ? .good : .bad)
  facts.lines().forEach(Terminal.say)
  for fault in faults { Terminal.say("  \(fault)") }
}

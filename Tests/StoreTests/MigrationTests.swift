// Why: a centre that runs an older release has years of books in its schema. From each release, with
// rows in every table, the way to the present schema must keep all of them.
import Engine
import Foundation
import Postgres
import Services
import Store
import Testing

@Suite("migrations", .serialized, .timeLimit(.minutes(1)))
struct MigrationTests {
  private static let stages = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Stages")

  @Test("a released migration never changes, and each that is there is listed")
  func released() async throws {
    let file = Self.stages.appending(path: "released.txt")
    let listed = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(
      String.init)
    try await withDatabase { database in
      let standing = try await database.text(
        """
        SELECT string_agg(encode(sha256, 'hex') || '  ' || name, E'\n' ORDER BY number)
        FROM schema_migration
        """
      ).split(separator: "\n").map(String.init)
      for (line, released) in zip(standing, listed) {
        #expect(line == released, "a released migration never changes: restore it, add another")
      }
      #expect(
        standing.count == listed.count,
        """
        add the new migration to Tests/StoreTests/Stages/released.txt: \
        \(standing.dropFirst(listed.count).joined(separator: "\n"))
        """)
    }
  }

  /// After which migrations rows of their time are put in: `Stages/0007.sql` after the seventh.
  static let walk = [3, 7, 18, 34, 45]

  /// Migrates by and by, and puts in what a program of each stage wrote.
  private static func live(
    in database: Database, through last: Int, _ migrations: [EmbeddedSQL.File]
  ) async throws {
    let seal = try String(contentsOf: stages.appending(path: "seal.sql"), encoding: .utf8)
    for stage in walk where stage <= last {
      try await Migrator(
        pool: database.raw, migrations: Array(migrations.prefix(stage)), rights: ""
      ).migrate()
      let name = String(repeating: "0", count: 4 - "\(stage)".count) + "\(stage).sql"
      let rows = try String(contentsOf: stages.appending(path: name), encoding: .utf8)
      // There is no function that names a run before the fourth.
      try await database.run(stage > 3 ? seal + rows : rows)
    }
  }

  @Test("from each stage books that were kept since the first come over whole", arguments: walk)
  func walks(last: Int) async throws {
    try await withDatabase(migrated: false) { database in
      try await Self.live(in: database, through: last, EmbeddedSQL.migrations)
      try await Self.check(database)
      let delivered = try await database.number(
        """
        SELECT sum(CASE WHEN kind IN ('charge', 'debit') THEN amount_gpu_ms
          ELSE -amount_gpu_ms END)::bigint
        FROM ledger_entry
        WHERE kind IN ('charge', 'debit', 'refund', 'credit') AND job IS NOT NULL
        """)
      for table in ["rated_day", "allocation_day"] {
        #expect(
          try await database.number("SELECT sum(delivered_gpu_ms)::bigint FROM \(table)")
            == delivered, "\(table)")
      }
      let used = try await database.number("SELECT sum(used_gpu_ms)::bigint FROM use_day")
      let overrun = try await database.number(
        "SELECT coalesce(sum(amount_gpu_ms), 0)::bigint FROM ledger_entry WHERE kind = 'overrun'")
      #expect(used == delivered + overrun)
      let caps = try await database.number("SELECT count(*) FROM cap_use WHERE used_gpu_ms > 0")
      #expect(caps == (last < 7 ? 0 : last < 34 ? 2 : 3))
      let seals = try await database.number("SELECT count(*) FROM accounting_period")
      #expect(seals == (last < 7 ? 0 : last < 18 ? 3 : last < 45 ? 5 : 6))
    }
  }

  @Test("classes that the order of the queue named are classes of service afterwards")
  func classesOfTheOrder() async throws {
    let before = Array(EmbeddedSQL.migrations.prefix { $0.name != "0030_qos" })
    try await withDatabase(migrated: false) { database in
      try await Migrator(pool: database.raw, migrations: before, rights: "").migrate()
      try await database.run(
        """
        INSERT INTO queue_order VALUES (true, false, 1, 1, 1, 1, 1, 1, 1, 60, 1, 1, 0, NULL,
          '{slow,urgent}', '{0,500000}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')
        """)
      try await StoreAdministration(conninfo: database.conninfo).migrate()
      let classes = try await database.text(
        """
        SELECT string_agg(format('%s %s %s', id, priority_millionths, is_preemptable), ', '
          ORDER BY id) FROM qos_class
        """)
      #expect(classes == "slow 0 f, urgent 500000 f")
      #expect(try await database.number("SELECT count(*) FROM queue_order") == 1)
    }
  }

  /// Tags that can be reached from here, oldest first; none in a checkout without git.
  private static let tags: [String] = {
    let listed = try? git(["tag", "--merged", "HEAD", "--sort=creatordate"])
    return (listed ?? "").split(separator: "\n").map(String.init)
  }()

  @Test(
    "from the schema of every git tag the books come over whole",
    .enabled(
      if: !tags.isEmpty,
      "no git tag can be reached from this checkout: pinned digests stand for released schemas"))
  func fromTags() async throws {
    for tag in Self.tags {
      let migrations = try Self.migrations(of: tag)
      guard migrations.count >= 3 else {
        print("tag \(tag) had no store yet: \(migrations.count) migrations")
        continue
      }
      #expect(
        migrations.map(\.name) == EmbeddedSQL.migrations.prefix(migrations.count).map(\.name),
        "\(tag)")
      try await withDatabase(migrated: false) { database in
        // With the rows of each stage that the tag had come to.
        try await Self.live(in: database, through: migrations.count, migrations)
        try await Migrator(pool: database.raw, migrations: migrations, rights: "").migrate()
        try await Self.check(database)
      }
      print("from \(migrations.count) migrations of \(tag): the books came over whole")
    }
  }

  private static func migrations(of tag: String) throws -> [EmbeddedSQL.File] {
    let folder = "Sources/Adapters/Store/SQL/migrations"
    return try git(["ls-tree", "--full-tree", "--name-only", tag, "\(folder)/"])
      .split(separator: "\n").sorted().map { path in
        EmbeddedSQL.File(
          name: String(path.split(separator: "/").last?.dropLast(".sql".count) ?? ""),
          text: try git(["show", "\(tag):\(path)"]))
      }
  }

  /// Brings an old schema with rows up to date, and holds the books against what they were.
  private static func check(_ database: Database) async throws {
    let sums = """
      SELECT coalesce(string_agg(concat_ws(' ', id, kind, amount_gpu_ms, job, effective_at), ','
        ORDER BY seq), '') FROM ledger_entry
      """
    let runs = "SELECT count(*) FROM run"
    let before = try await (database.text(sums), database.number(runs))
    let administration = StoreAdministration(conninfo: database.conninfo)
    try await administration.migrate()
    #expect(try await administration.verify().faults == [])
    #expect(try await database.text(sums) == before.0)
    #expect(try await database.number(runs) == before.1)
    #expect(try await database.number("SELECT count(*) FROM run_default") == 0)
    let store = try await PostgresStore.open(conninfo: database.asDaemon)
    #expect(try await store.snapshot().state.runs.count == (before.1 > 0 ? 1 : 0))
    #expect(try await store.audit().balanced)
    await store.close()
  }

  private static func git(_ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", URL(filePath: #filePath).deletingLastPathComponent().path] + words
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // A checkout without git has no tags.
    return process.terminationStatus == 0 ? String(decoding: printed, as: UTF8.self) : ""
  }
}

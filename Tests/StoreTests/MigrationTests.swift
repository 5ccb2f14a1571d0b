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
  /// What a release had: its migrations with their digests. Of tags that the checkout has not.
  struct Release: CustomStringConvertible, Sendable {
    let name: String
    let digests: [(migration: String, sha256: String)]

    var description: String { name }
  }

  static let releases = [
    Release(
      name: "the first system",
      digests: [
        (
          "0001_centre",
          "ce3ca2f7671db5a12866032ef2a11d6cb11e55ff9dd74b1d5088d3da847112e6"
        ),
        (
          "0002_jobs",
          "13326a9ec4780887efc566a16581fce439cec3faaf1eaa1e1b751cbfa7bb6c43"
        ),
        (
          "0003_ledger",
          "00f16d41a5ae1a1f8daf40cc8e29f6022931fd8f9792bcd00b54f162c6fc82d4"
        ),
      ])
  ]

  @Test("a released migration never changes, and its books come over whole", arguments: releases)
  func fromRelease(release: Release) async throws {
    let migrations = Array(EmbeddedSQL.migrations.prefix(release.digests.count))
    try await withDatabase(migrated: false) { database in
      try await Migrator(pool: database.raw, migrations: migrations, rights: "").migrate()
      for (name, digest) in release.digests {
        let standing = try await database.text(
          "SELECT encode(sha256, 'hex') FROM schema_migration WHERE name = '\(name)'")
        #expect(standing == digest, "\(name) of \(release) has changed")
      }
      try await database.run(Self.rowsOfTheFirstSchema)
      try await Self.check(database)
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
        // With the rows of the first schema, which every later one came from.
        try await Migrator(
          pool: database.raw, migrations: Array(migrations.prefix(3)), rights: ""
        ).migrate()
        try await database.run(Self.rowsOfTheFirstSchema)
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

  /// A row or more of every table: a run that ended and was refunded, and one under way.
  private static let rowsOfTheFirstSchema = """
    INSERT INTO funder VALUES ('state', 'State', NULL, NULL);
    INSERT INTO funder_contribution VALUES ('state', 0, '2026-01-01', 70000000);
    INSERT INTO funder_share VALUES ('state', 0, '2026-01-01', 10000);
    INSERT INTO programme VALUES ('play', 'P', 'state', 'Playground', 1, 9, 3, 'open', 2, NULL);
    INSERT INTO node VALUES ('gn01', 'h100', 4, 80, 512000, NULL);
    INSERT INTO rate_card VALUES ('gpu', 1, 1000, 50, 8);
    INSERT INTO partition VALUES ('gpu', false, 60, 3600, 1, 20, 1000, 1, NULL);
    INSERT INTO partition_node VALUES ('gpu', 'gn01');
    INSERT INTO organisation VALUES ('umcg', 'U', 'SME', 'NL', 'health', NULL);
    INSERT INTO member VALUES ('m-alice', NULL);
    INSERT INTO person VALUES ('m-alice', 'anouk', 'A');
    INSERT INTO project VALUES ('scan', 'R', 'T', 'umcg', false, NULL);
    INSERT INTO membership VALUES ('scan', 'm-alice', 'PI');
    INSERT INTO allocation
      VALUES ('scan-1', 'scan', 'play', 9000, '2026-01-01', '2027-01-01', 100, NULL);
    INSERT INTO admin_act (actor, action, object) VALUES ('m-beheer', 'apply', 'centre');
    INSERT INTO receipt VALUES ('r');
    INSERT INTO job (name, member, project, partition, node_count, gpus_per_node, cpus_per_node,
      memory_mib_per_node, limit_seconds, array_indices, requeue, origin, content_sha256)
    SELECT 'train', 'm-alice', 'scan', 'gpu', 1, 1, 20, 1000, 60, '{}', false, 'polder', ''
    FROM generate_series(1, 2);
    INSERT INTO job_payload VALUES (1, 1, 1, 's', '{}', '/', NULL, NULL, NULL, NULL, 1, 1);
    INSERT INTO job_dependency VALUES (2, 0, 'afterany', 1);
    INSERT INTO task (job, task_index, state, attempts, outcome)
      VALUES (1, -1, 'ended', 1, 'node-failed'), (2, -1, 'running', 1, NULL);
    INSERT INTO run (job, task_index, attempt, allocation, nodes, gpus_per_node, cpus_per_node,
      memory_mib_per_node, weight_thousandths, rate_version, hold_gpu_ms, reach_seconds, state,
      committed_at, started_at, ended_at, outcome, exit_code, signal, used_gpu_ms, requeued)
    VALUES
      (1, -1, 1, 'scan-1', '{gn01}', 1, 20, 1000, 1000, 1, 500, 60, 'ended', '2026-03-31 23:59:59Z',
        '2026-04-01', '2026-04-01 01:00Z', 'node-failed', 1, 0, 400, false),
      (2, -1, 1, 'scan-1', '{gn01}', 1, 20, 1000, 1000, 1, 500, 60, 'running', '2026-04-30 12:00Z',
        '2026-04-30 12:00Z', NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO directive (kind, job, task_index, attempt) VALUES ('start', 2, -1, 1);
    INSERT INTO node_change (node, at, up, gpus) VALUES ('gn01', '2026-01-01', true, 4);
    INSERT INTO record_cursor (cursor) VALUES ('1:2:3');
    INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt, reason,
      corrects, effective_at, recorded_at)
    VALUES
      ('grant:scan-1:1', 'grant', 'scan-1', 9000, NULL, NULL, NULL, NULL, NULL, '2026-01-01',
        '2026-01-02'),
      ('opening:scan-1', 'opening', 'scan-1', 100, NULL, NULL, NULL, 'taken-over', NULL,
        '2026-01-01', '2026-01-02'),
      ('hold:P1.1', 'hold', 'scan-1', 500, 1, -1, 1, NULL, NULL, '2026-03-31', '2026-03-31'),
      ('charge:P1.1', 'charge', 'scan-1', 400, 1, -1, 1, NULL, NULL, '2026-04-01', '2026-04-01'),
      ('release:P1.1', 'release', 'scan-1', 100, 1, -1, 1, NULL, NULL, '2026-04-01', '2026-04-01'),
      ('refund:P1.1', 'refund', 'scan-1', 400, 1, -1, 1, 'node-failure', 'charge:P1.1',
        '2026-04-01', '2026-04-01'),
      ('hold:P2.1', 'hold', 'scan-1', 500, 2, -1, 1, NULL, NULL, '2026-04-30', '2026-04-30')
    """
}

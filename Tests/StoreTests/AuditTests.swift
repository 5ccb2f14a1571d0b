// Why: the log must accuse whoever meddles with it, also one who has every right to the database.
import Domain
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("the audit log", .serialized, .timeLimit(.minutes(1)))
struct AuditTests {
  private static func line(_ number: Int) -> AuditLine {
    AuditLine(
      actor: "m-beheer", action: .apply, object: "centre", origin: "socket uid 1 request é",
      detail: "act \(number)")
  }

  /// Line 1 is the apply of the example; lines 2 to 9 are acts 2 to 9.
  private func withLines(
    _ body: (PostgresStore, Database) async throws -> Void
  ) async throws {
    try await withStore { store, database async throws in
      try await store.record(audit: (2...9).map(Self.line))
      #expect(try await store.verifyAudit().finding == nil)
      #expect(try await store.verifyAudit(pageSize: 2).lineCount == 9)
      try await body(store, database)
    }
  }

  /// As whoever owns the database: without triggers.
  private func meddle(_ database: Database, _ script: String) async throws {
    try await database.run("SET LOCAL session_replication_role = replica; \(script)")
  }

  /// Gives a line the hash of its content.
  private static func rehash(_ seq: Int) -> String {
    """
    UPDATE audit_line SET sha256 = audit_line_sha256(
      seq, at, actor, action, object, result, origin, detail, previous_sha256) WHERE seq = \(seq);
    """
  }

  @Test("Postgres and this program hash a line alike, whatever it says")
  func alike() async throws {
    try await withStore { store, _ async throws in
      let odd = AuditLine(
        actor: "uid-0", action: .cancel, object: "5:a 'é' 𝛑 \u{0}\n", result: .refused,
        origin: "o", detail: String(repeating: "ß", count: 5000))
      try await store.record(audit: [odd])
      let link = try #require(try await store.auditLines(AuditFilter(limit: 1)).first)
      #expect(link.line == odd)
      #expect(link.isSound(asLine: 2) && !link.isSound(asLine: 3))
    }
  }

  @Test(
    "a line that was changed is named",
    arguments: [
      "at = at + interval '1 ms'", "actor = 'm-other'", "action = 'cancel'", "object = 'x'",
      "result = 'failed'", "origin = 'x'", "detail = ''", "sha256 = sha256('x')",
      "previous_sha256 = sha256('x')",
    ])
  func changed(set: String) async throws {
    try await withLines { store, database async throws in
      try await meddle(database, "UPDATE audit_line SET \(set) WHERE seq = 4")
      #expect(try await store.verifyAudit().finding == .changed(4))
      #expect(try await store.verifyAudit().lineCount == 3)
    }
  }

  @Test("a line that was changed with its hash is named", arguments: [1, 4, 8, 9])
  func rehashed(seq: Int) async throws {
    try await withLines { store, database async throws in
      try await meddle(
        database, "UPDATE audit_line SET actor = 'x' WHERE seq = \(seq); " + Self.rehash(seq))
      #expect(try await store.verifyAudit(pageSize: 3).finding == .changed(Int64(seq)))
    }
  }

  @Test(
    "lines that are missing are named: the first, some in the middle, the last",
    arguments: [(1, 1), (1, 3), (4, 4), (4, 6), (9, 9), (7, 9), (1, 9)])
  func missing(first: Int64, last: Int64) async throws {
    try await withLines { store, database async throws in
      try await meddle(
        database, "DELETE FROM audit_line WHERE seq BETWEEN \(first) AND \(last)")
      #expect(try await store.verifyAudit().finding == .missing(first...last))
    }
  }

  @Test("a line that is missing is named also where the others were numbered anew")
  func renumbered() async throws {
    try await withLines { store, database async throws in
      try await meddle(
        database,
        """
        DELETE FROM audit_line WHERE seq BETWEEN 4 AND 5;
        UPDATE audit_line SET seq = seq + 100 WHERE seq > 5;
        UPDATE audit_line SET seq = seq - 102 WHERE seq > 100;
        """)
      #expect(try await store.verifyAudit().finding == .missing(4...5))
    }
  }

  @Test("lines that were swapped are named", arguments: [(4, 5), (2, 9), (1, 3)])
  func swapped(one: Int64, other: Int64) async throws {
    try await withLines { store, database async throws in
      try await meddle(
        database,
        """
        UPDATE audit_line SET seq = 100 WHERE seq = \(one);
        UPDATE audit_line SET seq = \(one) WHERE seq = \(other);
        UPDATE audit_line SET seq = \(other) WHERE seq = 100;
        """)
      #expect(try await store.verifyAudit().finding == .reordered(one, writtenAs: other))
    }
  }

  @Test("a line that was put in is named, in the middle and at the end")
  func inserted() async throws {
    let forged = """
      INSERT INTO audit_line (seq, at, actor, action, object, result, origin, detail,
        previous_sha256, sha256)
      SELECT seq + 1, at, 'x', action, object, result, origin, detail, sha256, sha256('x')
      FROM audit_line
      """
    try await withLines { store, database async throws in
      try await meddle(
        database,
        """
        UPDATE audit_line SET seq = seq + 100 WHERE seq > 4;
        UPDATE audit_line SET seq = seq - 99 WHERE seq > 100;
        \(forged) WHERE seq = 4; \(Self.rehash(5))
        """)
      #expect(try await store.verifyAudit().finding == .inserted(5))
    }
    try await withLines { store, database async throws in
      try await meddle(database, "\(forged) WHERE seq = 9; \(Self.rehash(10))")
      #expect(try await store.verifyAudit().finding == .inserted(10))
    }
  }

  @Test("a tail that was cut off or rewritten with its head shows against a head kept outside")
  func outside() async throws {
    try await withLines { store, database async throws in
      let kept = try await store.auditStanding().head
      #expect(AuditHead(kept.description) == kept)
      try await meddle(
        database,
        """
        DELETE FROM audit_line WHERE seq > 6;
        UPDATE audit_head SET (seq, sha256) = (SELECT seq, sha256 FROM audit_line WHERE seq = 6);
        """)
      #expect(try await store.verifyAudit().finding == nil)
      #expect(try await store.verifyAudit(expected: kept).finding == .missing(7...9))
      try await store.record(audit: (7...12).map(Self.line))
      #expect(try await store.verifyAudit().finding == nil)
      #expect(try await store.verifyAudit(expected: kept).finding == .rewritten(9))
    }
  }

  @Test(
    "neither lines nor the head change by any command, and the head moves to the next line only")
  func final() async throws {
    try await withLines { _, database async throws in
      for command in [
        "UPDATE audit_line SET detail = ''", "DELETE FROM audit_line", "TRUNCATE audit_line",
        "DELETE FROM audit_head", "TRUNCATE audit_head", "UPDATE audit_head SET seq = 3",
        "UPDATE audit_head SET sha256 = sha256('x')",
        "UPDATE audit_head SET seq = seq + 1, sha256 = sha256('x')",
      ] {
        let error = await #expect(throws: PostgresError.self, "\(command)") {
          try await database.run(command)
        }
        #expect(error?.sqlState == "23001", "\(command)")
      }
    }
  }

  @Test("sixteen writers at once, some of whom roll back, leave a sound chain without a gap")
  func writers() async throws {
    try await withStore(connections: 16) { store, database async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<16 {
          group.addTask {
            for number in 0..<20 {
              if number.isMultiple(of: 5) {
                _ = try? await database.raw.transaction { tx throws(PostgresError) in
                  try tx.run(script: "SELECT append_audit_line('x', 'apply', '', 'done', 'o', '')")
                  try tx.run(script: "SELECT 1 / 0")
                }
              }
              try await store.record(audit: [Self.line(writer * 100 + number)])
            }
          }
        }
        try await group.waitForAll()
      }
      let verification = try await store.verifyAudit()
      #expect(verification.finding == nil)
      #expect(verification.lineCount == 1 + 16 * 20)
    }
  }

  @Test("an act and its line are one: an act that is rolled back leaves none")
  func oneTransaction() async throws {
    try await withStore { store, database async throws in
      #expect(
        try await store.replaceCentre(
          with: Centre(), postings: [], ifStill: Centre(), by: "m") == .stale)
      #expect(try await store.auditStanding().head.seq == 1)
      try await database.run("ALTER TABLE audit_line ADD CHECK (seq < 2)")
      let job = try await store.accepted()
      await #expect(throws: StoreError.self) { try await store.cancel([job.task], by: "m-boss") }
      #expect(try await store.sheets(SheetFilter(job: job.id)).first?.tasks[0].state == .waiting)
    }
  }

  @Test("acts from before the chain are its first lines")
  func carriedOver() async throws {
    try await withDatabase(migrated: false) { database async throws in
      let index = try #require(EmbeddedSQL.migrations.firstIndex { $0.name.hasSuffix("_audit") })
      let before = EmbeddedSQL.migrations.prefix(index)
      try await database.raw.transaction { tx throws(PostgresError) in
        try tx.run(script: Query.migrationTable.statement.sql)
        for (number, file) in before.enumerated() {
          try tx.run(script: file.text)
          try tx.execute(
            Query.recordMigration.statement,
            [.int64(Int64(number + 1)), .text(file.name), .text(file.text)])
        }
      }
      try await database.run(
        """
        INSERT INTO admin_act (actor, action, object, at) VALUES
          ('m-one', 'apply', 'centre', '2026-01-01 00:00:00.5Z'),
          ('m-two', 'cancel', 'P3', '2026-01-02Z')
        """)
      try await Migrator(pool: database.raw).migrate()
      let store = try await PostgresStore.open(conninfo: database.conninfo)
      let lines = try await store.auditLines(after: 0, through: 9, limit: 9)
      #expect(lines.map(\.line.actor) == ["m-one", "m-two"])
      #expect(lines.map(\.line.action) == [.apply, .cancel])
      #expect(lines.first?.at == Instant(milliseconds: 1_767_225_600_500))
      #expect(try await store.verifyAudit().finding == nil)
      await store.close()
    }
  }
}

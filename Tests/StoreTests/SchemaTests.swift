// Why: a statement that doesn't fit the schema, or a migration that changed, is found before it is
// shipped.
import Foundation
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("the schema", .serialized, .timeLimit(.minutes(1)))
struct SchemaTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/Adapters/Store/SQL")

  private static func files(_ name: String) throws -> [String: String] {
    let folder = folder.appending(path: name)
    var files: [String: String] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      files[String(file.dropLast(".sql".count))] = try String(
        contentsOf: folder.appending(path: file), encoding: .utf8)
    }
    return files
  }

  private static func texts(_ files: [EmbeddedSQL.File]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) })
  }

  @Test("every file of SQL is in the program, as it is, and every query has its case")
  func embedded() throws {
    let queries = try Self.files("queries")
    let migrations = try Self.files("migrations")
    #expect(queries == Self.texts(EmbeddedSQL.queries))
    #expect(migrations == Self.texts(EmbeddedSQL.migrations))
    let rights = Self.folder.appending(path: "rights.sql")
    #expect(try String(contentsOf: rights, encoding: .utf8) == EmbeddedSQL.rights)
    let roles = Self.folder.appending(path: "roles.sql")
    #expect(try String(contentsOf: roles, encoding: .utf8) == EmbeddedSQL.roles)
    #expect(Set(queries.keys) == Set(Query.allCases.map(\.rawValue)))
  }

  @Test("a query's header names each of its parameters and what it returns")
  func headers() throws {
    for (name, text) in try Self.files("queries") {
      let lines = text.split(separator: "\n")
      let header = lines.prefix { $0.hasPrefix("--") }
      let body = lines.dropFirst(header.count).joined(separator: "\n")
      var used = 0
      while body.contains("$\(used + 1)") { used += 1 }
      let described = header.filter { $0.hasPrefix("-- $") }
      #expect(described.count == used, "\(name).sql")
      for (index, line) in described.enumerated() {
        #expect(line.hasPrefix("-- $\(index + 1): ") && line.contains(" – "), "\(name).sql")
      }
      #expect(header.contains { $0.hasPrefix("-- Returns: ") }, "\(name).sql")
      #expect(!body.contains("SELECT *") && !body.contains(";"), "\(name).sql")
    }
  }

  @Test("migrations are numbered without gaps")
  func numbers() {
    for (index, file) in EmbeddedSQL.migrations.enumerated() {
      #expect(Int(file.name.prefix(4)) == index + 1)
    }
  }

  @Test("every statement prepares against the migrated schema")
  func prepares() async throws {
    try await withDatabase { database in
      for query in Query.allCases {
        do {
          try await database.run("PREPARE p AS \(query.statement.sql)")
          try await database.run("DEALLOCATE p")
        } catch  where [.migrationTable, .beginRestore, .endRestore].contains(query) {
          // A definition can't be prepared; it is run as a script.
        } catch {
          Issue.record("\(query.rawValue).sql: \(error)")
        }
      }
    }
  }

  @Test("two that start at once migrate once")
  func race() async throws {
    try await withDatabase(migrated: false) { database in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await StoreAdministration(conninfo: database.conninfo).migrate()
          }
        }
        try await group.waitForAll()
      }
      let count = try await database.number("SELECT count(*) FROM schema_migration")
      #expect(count == Int64(EmbeddedSQL.migrations.count))
    }
  }

  @Test("a migration that changed after it was applied is refused by name")
  func changedMigration() async throws {
    try await withDatabase { database in
      try await database.run("UPDATE schema_migration SET sha256 = '' WHERE number = 2")
      let error = await #expect(throws: StoreError.self) {
        _ = try await PostgresStore.open(conninfo: database.conninfo)
      }
      guard case .broken(let why)? = error else { throw Unexpected("\(String(describing: error))") }
      #expect(why.contains("0002_jobs"))
    }
  }

  @Test("a database of a newer program is refused")
  func newerDatabase() async throws {
    try await withDatabase { database in
      try await database.run(
        "INSERT INTO schema_migration (number, name, sha256) VALUES (9999, '9999_new', '')")
      let error = await #expect(throws: StoreError.self) {
        _ = try await PostgresStore.open(conninfo: database.conninfo)
      }
      guard case .broken(let why)? = error else { throw Unexpected("\(String(describing: error))") }
      #expect(why.contains("9999_new"))
    }
  }

  @Test("a migration that fails leaves nothing behind")
  func failingMigration() async throws {
    try await withDatabase { database in
      let bad = EmbeddedSQL.File(
        name: "9999_bad", text: "CREATE TABLE half (n int); SELECT 1 / 0")
      let migrator = Migrator(
        pool: database.raw, migrations: EmbeddedSQL.migrations + [bad])
      await #expect(throws: StoreError.self) { try await migrator.migrate() }
      let count = try await database.number("SELECT count(*) FROM pg_class WHERE relname = 'half'")
      #expect(count == 0)
    }
  }

  @Test("the role that owns the database needs no other right")
  func ordinaryRole() async throws {
    let role = Server.freshName()
    try await Server.run("CREATE ROLE \(role)")
    try await withDatabase(migrated: false) { database in
      let name = try await database.text("SELECT current_database()::text")
      try await Server.run("ALTER DATABASE \(name) OWNER TO \(role)")
      let conninfo = database.conninfo + " options='-c role=\(role)'"
      try await StoreAdministration(conninfo: conninfo).migrate()
      let store = try await PostgresStore.open(conninfo: conninfo)
      try await Example.load(into: store)
      let job = try await store.accepted()
      let outcome = try await store.commit(Example.run(job.firstRun))
      #expect(outcome == .done)
      await store.close()
    }
    try await Server.run("DROP ROLE \(role)")
  }

  @Test("each month has every trigger of its table, and so have those to come")
  func triggersOfMonths() async throws {
    try await withDatabase { database in
      _ = try await database.number("SELECT make_months('2031-01-15Z', '2031-03-15Z')")
      let months = """
        FROM (VALUES ('ledger_entry'::regclass), ('run'::regclass)) AS history (parent)
        CROSS JOIN LATERAL (SELECT relid FROM pg_partition_tree(parent) WHERE isleaf) AS leaf
        """
      #expect(
        try await database.number("SELECT count(*) \(months) WHERE relid::text LIKE '%2031%'") == 6)
      let lacking = try await database.text(
        """
        SELECT coalesce(string_agg(format('%s has no %s', relid, tgname), ', '), '') \(months)
        JOIN pg_trigger AS wanted ON tgrelid = parent AND NOT tgisinternal
        WHERE NOT EXISTS (SELECT FROM pg_trigger AS present
          WHERE present.tgrelid = relid
            AND present.tgfoid = wanted.tgfoid)
        """)
      #expect(lacking == "")
    }
  }

  @Test("without a server the store is unavailable")
  func noServer() async throws {
    let error = await #expect(throws: StoreError.self) {
      _ = try await PostgresStore.open(conninfo: "host=/nonexistent user=nobody")
    }
    guard case .unavailable? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

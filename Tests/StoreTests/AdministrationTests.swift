// Why: a backup that was never restored is a hope. It is made while others write, brought back into
// an empty database, and must be what it was: same sums, nothing below zero, nothing started twice.
import Domain
import Engine
import Foundation
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("administration", .serialized, .timeLimit(.minutes(1)))
struct AdministrationTests {
  private static func file() -> String {
    FileManager.default.temporaryDirectory.appending(path: Server.freshName()).path
  }

  private static func remove(_ file: String) {
    for path in [file, "\(file).manifest"] { try? FileManager.default.removeItem(atPath: path) }
  }

  /// One run that ended, one under way, one refunded.
  private static func someHistory(_ store: PostgresStore) async throws {
    let ended = try await store.accepted()
    _ = try await store.commit(Example.run(ended.firstRun))
    _ = try await store.perform(
      .ended(
        ended.firstRun,
        Example.end(used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure)))
    let running = try await store.accepted(Example.job(Example.request(tasks: [1, 2])))
    _ = try await store.commit(Example.run(running.firstRun))
  }

  @Test(
    "the sum of all books has a time limit of its own, which is not that of ordinary statements")
  func ownLimit() async throws {
    try await withStore { store, database in
      try await Self.someHistory(store)
      // No row of the books is to be read by who has not the time for thirty million.
      try await database.run(
        """
        CREATE FUNCTION has_time() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
          IF current_setting('statement_timeout')::interval < interval '1 hour' THEN
            RAISE EXCEPTION 'a limit of %', current_setting('statement_timeout');
          END IF;
          RETURN true;
        END $$;
        CREATE POLICY has_time ON ledger_entry AS RESTRICTIVE FOR SELECT TO polder_daemon
          USING (has_time())
        """)
      await #expect(throws: StoreError.self) { _ = try await store.audit() }
      // As polderd sums them once a day.
      let verification = try await StoreAdministration(conninfo: database.asDaemon).verify()
      #expect(verification.bookFaults.isEmpty && verification.entries > 5)
    }
  }

  @Test("migrating, backing up and restoring are lines of the audit log, by who logged in")
  func audited() async throws {
    let file = Self.file()
    let actor = StoreAdministration.Actor(uid: 130, login: 64001)
    func lines(_ store: PostgresStore) async throws -> [String] {
      try await store.auditLines(AuditFilter(actor: "uid-64001")).map {
        "\($0.line.action.rawValue) \($0.line.object): \($0.line.origin)"
      }
    }
    let origin = "database: polder admin uid 130 login 64001"
    try await withStore { store, database in
      let administration = StoreAdministration(conninfo: database.conninfo, by: actor)
      try await administration.migrate()
      let manifest = try await administration.backup(to: file)
      #expect(try await lines(store) == ["backup \(origin)", "migrate \(origin)"])
      try await withDatabase(migrated: false) { other in
        _ = try await StoreAdministration(conninfo: other.conninfo, by: actor).restore(from: file)
        let second = try await PostgresStore.open(conninfo: other.asDaemon)
        // The backup is of the moment before its line.
        #expect(try await lines(second) == ["restore \(origin)", "migrate \(origin)"])
        let last = try await second.auditLines(AuditFilter(action: "restore")).first
        #expect(last?.line.detail.contains(manifest.sha256) == true)
        #expect(try await second.verifyAudit(expected: nil).finding == nil)
        await second.close()
      }
    }
    Self.remove(file)
    let unknown = StoreAdministration.Actor(uid: 130, login: nil)
    #expect(unknown.subject == "uid-130" && unknown.origin == "polder admin uid 130")
  }

  @Test(
    "a migration that is interrupted leaves a line of the audit log for each step that was made")
  func interrupted() async throws {
    let actor = StoreAdministration.Actor(uid: 130, login: 64001)
    let old = Array(EmbeddedSQL.migrations.prefix(12))
    try await withDatabase(migrated: false) { database in
      try await Migrator(pool: database.raw, migrations: old, rights: "").migrate()
      // Something of this database's own stands in the way of a later step.
      try await database.run("CREATE TABLE period_facts (mine bigint)")
      let administration = StoreAdministration(conninfo: database.conninfo, by: actor)
      await #expect(throws: StoreError.self) { try await administration.migrate() }
      let lines = "SELECT string_agg(detail, '|' ORDER BY seq) FROM audit_line"
      let steps = ["0013_past_end", "0014_groups"].map { "step: schema \($0)" }
      #expect(try await database.text(lines) == steps.joined(separator: "|"))
      try await database.run("DROP TABLE period_facts")
      try await administration.migrate()
      let all = try await database.text(lines).split(separator: "|").map(String.init)
      let names = EmbeddedSQL.migrations.dropFirst(12).map { "step: schema \($0.name)" }
      #expect(all.dropLast() == names[...])
      let last = EmbeddedSQL.migrations[EmbeddedSQL.migrations.count - 1].name
      #expect(
        all.last == "schema from 14 to \(EmbeddedSQL.migrations.count), \(last); rights given")
    }
  }

  @Test("a backup that fails leaves nothing behind, and the one before it as it was")
  func failedBackup() async throws {
    let file = Self.file()
    try await withStore { store, database in
      let administration = StoreAdministration(conninfo: database.conninfo)
      _ = try await administration.backup(to: file)
      let whole = try Data(contentsOf: URL(filePath: file))
      let manifest = try Data(contentsOf: URL(filePath: "\(file).manifest"))
      try await database.run("UPDATE allocation_balance SET granted_gpu_ms = granted_gpu_ms + 1")
      await Self.expectBroken("the books are wrong") {
        _ = try await administration.backup(to: file)
      }
      for left in ["\(file).new", "\(file).manifest.new"] {
        #expect(!FileManager.default.fileExists(atPath: left))
      }
      #expect(try Data(contentsOf: URL(filePath: file)) == whole)
      #expect(try Data(contentsOf: URL(filePath: "\(file).manifest")) == manifest)
    }
    Self.remove(file)
  }

  @Test("what was backed up comes back: sums, balances, jobs; and starts wait for a look at Slurm")
  func roundTrip() async throws {
    let file = Self.file()
    try await withStore { store, database in
      try await Self.someHistory(store)
      let administration = StoreAdministration(conninfo: database.conninfo)
      let manifest = try await administration.backup(to: file)
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "names and scripts are in it")
      // Written after the backup's moment: not in it.
      let late = try await store.accepted()
      try await withDatabase(migrated: false) { other in
        let restorer = StoreAdministration(conninfo: other.conninfo)
        let verification = try await restorer.restore(from: file)
        #expect(verification.sums == manifest.sums && verification.bookFaults.isEmpty)
        #expect(try await restorer.verify().sums == manifest.sums)
        let second = try await PostgresStore.open(conninfo: other.asDaemon)
        #expect(try await second.balances() == store.balances())
        #expect(
          try await second.entries(of: Example.longscan) == store.entries(of: Example.longscan))
        let snapshot = try await second.snapshot()
        #expect(snapshot.restored != nil && snapshot.state.jobs[late.id] == nil)
        #expect(try await second.accepted().id.number > late.id.number + 900_000)
        try await second.finishRestore()
        #expect(try await second.snapshot().restored == nil)
        await second.close()
        await Self.expectBroken("not empty") { _ = try await restorer.restore(from: file) }
      }
    }
    Self.remove(file)
  }

  @Test("a restore that is cut short leaves a database that no daemon opens")
  func cutShort() async throws {
    let file = Self.file()
    try await withStore { store, database in
      try await Self.someHistory(store)
      _ = try await StoreAdministration(conninfo: database.conninfo).backup(to: file)
    }
    // All data come in, and then the sums are not those of the manifest.
    let manifest = URL(filePath: "\(file).manifest")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try text.replacing(#""kind" : "hold""#, with: #""kind" : "held""#)
      .write(to: manifest, atomically: true, encoding: .utf8)
    try await withDatabase(migrated: false) { database in
      let administration = StoreAdministration(conninfo: database.conninfo)
      await Self.expectBroken("not what the manifest") {
        _ = try await administration.restore(from: file)
      }
      let jobs = try await database.number("SELECT count(*) FROM job")
      #expect(jobs == 2)
      for _ in 1...2 {
        await Self.expectBroken("cut short") {
          _ = try await PostgresStore.open(conninfo: database.asDaemon)
        }
        await Self.expectBroken("cut short") { _ = try await administration.verify() }
        await Self.expectBroken("cut short") { try await administration.migrate() }
        await Self.expectBroken("cut short") {
          _ = try await administration.restore(from: file)
        }
      }
    }
    Self.remove(file)
  }

  @Test("a backup that was changed, or lacks its manifest, is refused")
  func damaged() async throws {
    let file = Self.file()
    try await withStore { _, database in
      _ = try await StoreAdministration(conninfo: database.conninfo).backup(to: file)
    }
    try await withDatabase(migrated: false) { database in
      let administration = StoreAdministration(conninfo: database.conninfo)
      let handle = try #require(FileHandle(forWritingAtPath: file))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data([0]))
      try handle.close()
      await Self.expectBroken("SHA-256") { _ = try await administration.restore(from: file) }
      await Self.expectBroken("can't be read") {
        _ = try await administration.restore(from: "\(file).none")
      }
      #expect(try await database.number("SELECT count(*) FROM pg_class WHERE relname = 'run'") == 0)
    }
    Self.remove(file)
  }

  @Test("verify names a wrong balance, a stray hold, a guard that is off, and a row in no month")
  func verify() async throws {
    try await withStore { store, database in
      let administration = StoreAdministration(conninfo: database.conninfo)
      #expect(try await administration.verify().faults == [])
      try await Self.someHistory(store)
      let faults = try await administration.verify().faults
      #expect(faults.count == 1 && faults[0].contains("outside all months"), "\(faults)")
      let entries = try await store.entries(of: Example.longscan)
      try await administration.migrate()
      #expect(try await administration.verify().faults == [])
      #expect(try await store.entries(of: Example.longscan) == entries)
      #expect(try await database.number("SELECT count(*) FROM run_2023_11") == 2)
      try await database.run(
        """
        UPDATE allocation_balance SET granted_gpu_ms = granted_gpu_ms + 1
          WHERE allocation = 'roads-fast';
        UPDATE run SET hold_gpu_ms = 5 WHERE state = 'starting';
        ALTER TABLE ledger_entry_default DISABLE TRIGGER is_final
        """)
      let all = try await administration.verify().faults.joined(separator: "\n")
      for part in ["roads-fast", "hold of run P", "is_final"] {
        #expect(all.contains(part), "\(all)")
      }
      let glance = try await store.glance()
      #expect(glance.wrong == [Example.large] && glance.openHolds == 1)
    }
  }

  @Test("the schema says what is to come, and nothing is done before it is asked for")
  func dryRun() async throws {
    try await withDatabase(migrated: false) { database in
      let administration = StoreAdministration(conninfo: database.conninfo)
      let before = try await administration.schema()
      #expect(before.applied == 0 && before.pending == EmbeddedSQL.migrations.map(\.name))
      #expect(try await administration.schema() == before)
      await Self.expectBroken("polder admin migrate") {
        _ = try await PostgresStore.open(conninfo: database.conninfo)
      }
      try await administration.migrate()
      #expect(try await administration.schema().pending == [])
    }
  }

  private static func expectBroken(
    _ part: String, _ body: () async throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) {
      try await body()
    }
    guard case .broken(let why)? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
    #expect(why.contains(part), "\(why)", sourceLocation: sourceLocation)
  }
}

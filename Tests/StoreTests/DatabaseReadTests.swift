// Why: auditors and funders read in the database itself, past the daemon; who read what must stand in
// the same log as all else, without their being able to keep it out or to stop the daemon.
import Domain
import Foundation
import Postgres
import Services
import Store
import Testing

@Suite("reading through the database's own roles", .serialized, .timeLimit(.minutes(1)))
struct DatabaseReadTests {
  /// Of the two groups, on a store with a run under way.
  private struct Logins {
    let auditor = Server.freshName()
    let reporter = Server.freshName()
  }

  private func withLogins(
    _ body: (PostgresStore, Database, Logins) async throws -> Void
  ) async throws {
    let logins = Logins()
    try await Server.run("CREATE ROLE \(logins.auditor) LOGIN IN ROLE polder_auditor")
    try await Server.run("CREATE ROLE \(logins.reporter) LOGIN IN ROLE polder_report")
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(
        try await withStore { store, database async throws in
          let job = try await store.accepted()
          _ = try await store.commit(Example.run(job.firstRun))
          try await body(store, database, logins)
        })
    } catch {
      outcome = .failure(error)
    }
    for login in [logins.auditor, logins.reporter] { try await Server.run("DROP ROLE \(login)") }
    try outcome.get()
  }

  private static func lines(_ store: PostgresStore) async throws -> [String] {
    try await store.takeDatabaseReads()
    return try await store.auditLines(AuditFilter(action: "read-database")).reversed().map {
      "\($0.line.actor) \($0.line.object): \($0.line.result.rawValue) (\($0.line.origin))"
    }
  }

  @Test("each transaction is a line, with its login and each table it read, once and in order")
  func lines() async throws {
    try await withLogins { store, database, logins async throws in
      try await database.run("INSERT INTO report_role VALUES ('\(logins.reporter)', 'state')")
      try await database.script(
        """
        SELECT count(*) FROM member; SELECT number FROM job; SELECT id FROM member;
        SELECT name FROM node
        """, as: logins.auditor)
      try await database.script("SELECT count(*) FROM task", as: logins.auditor)
      try await database.script("SELECT weight_thousandths FROM run", as: logins.reporter)
      // Nothing is told of an empty answer.
      try await database.script(
        "SELECT id FROM member WHERE id = 'm-nobody'; SELECT note FROM act_note",
        as: logins.auditor)
      let auditor = "login \(logins.auditor) tables"
      let told = try await Self.lines(store)
      #expect(
        told == [
          "\(auditor) member, job: done (database)", "\(auditor) task: done (database)",
          // By its allocations it is told what is a funder's own.
          "login \(logins.reporter) tables run, allocation: done (database)",
        ])
      let last = try await store.auditLines(AuditFilter(action: "read-database", limit: 1)).first
      let detail = try #require(last).line.detail
      #expect(detail.wholeMatch(of: #/at 20\S+T\S+Z/#) != nil, "\(detail)")
      #expect(try await store.verifyAudit().finding == nil)
      #expect(try await database.number("SELECT count(*) FROM database_read") == 0)
    }
  }

  @Test("of every table that tells of people, jobs or money, and of no other")
  func everyTable() async throws {
    try await withDatabase { database in
      let unnoted = try await database.text(
        """
        SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND NOT relispartition AND NOT EXISTS (
            SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'auditor_sees_all'
              AND pg_get_expr(polqual, polrelid) LIKE '%note_database_read(%''' || relname || '''::%')
        """)
      #expect(
        unnoted == """
          accounting_period audit_head books centre_version change_floor database_read \
          database_reader funder job_change job_payload licence node node_change partition \
          partition_node person programme qos_class queue_order rate_card rate_of_gpu_type receipt \
          record_cursor restoration schema_migration
          """)
      let own = try await database.text(
        """
        SELECT string_agg(relname, ' ' ORDER BY relname)
        FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
        WHERE polname = 'own_funder'
          AND pg_get_expr(polqual, polrelid) LIKE '%note_database_read(%''' || relname || '''::%'
        """)
      #expect(
        own == "allocation allocation_balance funder_contribution funder_share ledger_entry run")
    }
  }

  @Test("the daemon's, the owner's and a verification's reads are as they were")
  func others() async throws {
    try await withLogins { store, database, logins async throws in
      _ = try await store.audit()
      _ = try await store.balances()
      for conninfo in [database.conninfo, database.asDaemon] {
        let faults = try await StoreAdministration(conninfo: conninfo).verify().bookFaults
        #expect(faults == [])
      }
      #expect(try await Self.lines(store) == [])
      let conninfo = database.conninfo + " options='-c role=\(logins.auditor)'"
      let faults = try await StoreAdministration(conninfo: conninfo).verify().bookFaults
      #expect(faults == [])
      let lines = try await Self.lines(store)
      #expect(lines.count == 1 && lines[0].hasSuffix(": done (database)"), "\(lines)")
      #expect(lines.first?.contains("ledger_entry") == true)
    }
  }

  @Test("a transaction that may not write reads nothing, and is told why")
  func readOnly() async throws {
    try await withLogins { store, database, logins async throws in
      let error = await #expect(throws: PostgresError.self) {
        try await database.script(
          "SET TRANSACTION READ ONLY; SELECT id FROM member", as: logins.auditor)
      }
      #expect(error?.sqlState == "25006")
      #expect(error?.description.contains("what is read of member is recorded") == true)
      try await database.script(
        "SET TRANSACTION READ ONLY; SELECT name FROM node", as: logins.auditor)
      #expect(try await Self.lines(store) == [])
    }
  }

  @Test("what is rolled back is a line that says so, once nothing can bring it back")
  func rolledBack() async throws {
    try await withLogins { store, database, logins async throws in
      // Logins that the daemon has not seen yet have no numbers of their own.
      try await database.script("SELECT id FROM member", as: logins.auditor, committing: false)
      let unknown = "polderd database: failed (database)"
      #expect(try await Self.lines(store) == [unknown])
      let lost = "login \(logins.auditor) database: failed (database)"
      try await database.script(
        "SELECT id FROM member; SELECT number FROM job", as: logins.auditor, committing: false)
      #expect(try await Self.lines(store) == [unknown, lost])
      let detail = try await store.auditLines(AuditFilter(action: "read-database")).first?.line
      #expect(detail?.detail.hasPrefix("2 readings were rolled back") == true)

      // Of a part that is rolled back as well; what is read again is noted again.
      try await database.script(
        """
        SAVEPOINT before; SELECT id FROM member; ROLLBACK TO before;
        SELECT id FROM member; SELECT id FROM member
        """, as: logins.auditor)
      let read = "login \(logins.auditor) tables member: done (database)"
      #expect(try await Self.lines(store) == [unknown, lost, read, lost])

      // Nothing is said of one that is under way, however many come and go beside it.
      let open = try await HeldTransaction(
        database, "SET LOCAL ROLE polder_auditor; SELECT id FROM member")
      #expect(try await Self.lines(store).count == 4)
      try await database.script("SELECT id FROM member", as: logins.auditor)
      #expect(try await Self.lines(store) == [unknown, lost, read, lost, read])
      try await open.end(committing: true)
      let own = try await database.text("SELECT 'login ' || session_user || ' tables member'")
      let told = [unknown, lost, read, lost, read, "\(own): done (database)"]
      #expect(try await Self.lines(store) == told)
      try await database.script("SELECT id FROM member", as: logins.auditor, committing: false)
      #expect(try await Self.lines(store) == told + [lost])
      #expect(try await Self.lines(store) == told + [lost])
    }
  }

  @Test("many who read, some of whom roll back, while the log is taken: each is told once")
  func atOnce() async throws {
    try await withLogins { store, database, logins async throws in
      let rounds = 25
      try await withThrowingTaskGroup(of: Void.self) { group in
        for reader in 0..<4 {
          group.addTask {
            let pool = try Server.pool(database.conninfo)
            for round in 0..<rounds {
              try await pool.transaction { tx throws(PostgresError) in
                try tx.run(
                  script: "SET LOCAL SESSION AUTHORIZATION \(logins.auditor); "
                    + "SELECT id FROM member; SELECT number FROM job")
                if (reader + round).isMultiple(of: 5) { tx.abandon() }
              }
            }
            await pool.close()
          }
        }
        for _ in 0..<2 {
          group.addTask { for _ in 0..<20 { try await store.takeDatabaseReads() } }
        }
        try await group.waitForAll()
      }
      let lines = try await Self.lines(store)
      #expect(lines.filter { $0.hasSuffix(": done (database)") }.count == 4 * rounds * 4 / 5)
      let lost = try await database.number(
        """
        SELECT sum(split_part(detail, ' ', 1)::bigint)::bigint FROM audit_line
        WHERE action = 'read-database' AND result = 'failed'
        """)
      #expect(lost == Int64(4 * rounds / 5 * 2))
      #expect(try await store.verifyAudit().finding == nil)
    }
  }

  @Test("who holds a reading open holds up nobody who acts")
  func heldOpen() async throws {
    try await withLogins { store, database, logins async throws in
      let open = try await HeldTransaction(
        database, "SET LOCAL ROLE polder_auditor; SELECT id FROM member")
      _ = try await store.takeDatabaseReads()
      try await store.record(
        audit: [AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")])
      try await open.end(committing: false)
      #expect(try await Self.lines(store) == ["polderd database: failed (database)"])
    }
  }

  @Test("a reading that is left open ends with its session, unless the login has another limit")
  func idle() async throws {
    try await withLogins { _, database, logins async throws in
      let limit = "SELECT current_setting('idle_in_transaction_session_timeout')"
      let told = try await database.raw.transaction { tx throws(PostgresError) in
        try tx.run(
          script: """
            SET LOCAL idle_in_transaction_session_timeout = 0;
            SET LOCAL SESSION AUTHORIZATION \(logins.auditor); SELECT id FROM member
            """)
        return try tx.query(Statement(limit)).only().text(0)
      }
      #expect(told == "5min")
      #expect(try await database.text(limit) != "5min", "it was of that transaction")
      let own = try await database.raw.transaction { tx throws(PostgresError) in
        try tx.run(
          script: """
            SET LOCAL idle_in_transaction_session_timeout = '1h';
            SET LOCAL SESSION AUTHORIZATION \(logins.auditor); SELECT id FROM member
            """)
        return try tx.query(Statement(limit)).only().text(0)
      }
      #expect(own == "1h")
    }
  }

  @Test("what can't be appended stays in the queue, and is told the next time")
  func failed() async throws {
    try await withLogins { store, database, logins async throws in
      try await database.script("SELECT id FROM member", as: logins.auditor)
      try await database.run(
        "ALTER TABLE audit_line ADD CONSTRAINT full_log CHECK (action <> 'read-database')")
      await #expect(throws: StoreError.self) { try await store.takeDatabaseReads() }
      try await database.run("ALTER TABLE audit_line DROP CONSTRAINT full_log")
      #expect(try await Self.lines(store).count == 1)
    }
  }

  @Test("what waits in a backup is told after the restore, and what was drawn since is no loss")
  func restored() async throws {
    let file = "\(FileManager.default.temporaryDirectory.path)/\(Server.freshName())"
    try await withLogins { store, database, logins async throws in
      _ = try await store.takeDatabaseReads()
      try await database.script("SELECT id FROM member", as: logins.auditor)
      try await database.run(
        """
        SELECT nextval(numbers) FROM database_reader CROSS JOIN generate_series(1, 9)
        WHERE login IN ('', '\(logins.auditor)')
        """)
      _ = try await StoreAdministration(conninfo: database.conninfo).backup(to: file)
      try await withDatabase(migrated: false) { other async throws in
        _ = try await StoreAdministration(conninfo: other.conninfo).restore(from: file)
        let second = try await PostgresStore.open(conninfo: other.asDaemon)
        let read = "login \(logins.auditor) tables member: done (database)"
        #expect(try await Self.lines(second) == [read])
        try await other.script("SELECT id FROM member", as: logins.auditor)
        try await other.script("SELECT id FROM member", as: logins.auditor, committing: false)
        #expect(
          try await Self.lines(second)
            == [read, read, "login \(logins.auditor) database: failed (database)"])
        await second.close()
      }
    }
    for left in [file, "\(file).manifest"] { try FileManager.default.removeItem(atPath: left) }
  }

  @Test("nobody notes what is no table of these, nor takes or changes what is noted")
  func forged() async throws {
    try await withLogins { store, database, logins async throws in
      for login in [logins.auditor, logins.reporter] {
        for (script, state) in [
          ("SELECT note_database_read('node')", "42P01"),
          ("SELECT note_database_read('pg_class')", "42P01"),
          ("SELECT take_database_reads(1)", "42501"), ("DELETE FROM database_read", "42501"),
          ("SELECT number FROM database_read", "42501"),
          ("SELECT nextval('database_read_number')", "42501"),
          ("SELECT setval('database_read_number', 1)", "42501"),
          ("SET LOCAL row_security = off; SELECT id FROM member", "42501"),
        ] {
          let error = await #expect(throws: PostgresError.self, "\(script)") {
            try await database.script(script, as: login)
          }
          #expect(error?.sqlState == state, "\(script)")
        }
      }
      let beyond = await #expect(throws: PostgresError.self) {
        try await database.script("SELECT note_database_read('member')", as: logins.reporter)
      }
      #expect(beyond?.sqlState == "42P01", "of what it may not read it says no reading")
      #expect(try await Self.lines(store) == [])
    }
  }

  @Test("an index serves as before, and the note is made once a query")
  func plans() async throws {
    try await withLogins { store, database, logins async throws in
      for (query, index) in [
        ("SELECT id FROM ledger_entry WHERE allocation = 'x' ORDER BY seq", "allocation_seq_idx"),
        ("SELECT used_gpu_ms FROM run WHERE job = 1 AND task_index = 0", "pkey on run_2026"),
        ("SELECT actor FROM audit_line WHERE seq = 7", "audit_line_pkey"),
        ("SELECT number FROM job WHERE number = 7", "job_pkey"),
      ] {
        let plan = try await database.plan(of: query, as: logins.auditor)
        #expect(plan.contains(index), "\(query): \(plan)")
        #expect(plan.matches(of: #/InitPlan/#).count == 1, "\(query): \(plan)")
      }
    }
  }

  @Test("whose figures a login reports is told when it changes, with who changed it")
  func reportRoles() async throws {
    try await withLogins { store, database, logins async throws in
      try await database.run("INSERT INTO report_role VALUES ('\(logins.reporter)', 'state')")
      try await database.run("UPDATE report_role SET funder = 'eurohpc'")
      await #expect(throws: PostgresError.self) { try await database.run("TRUNCATE report_role") }
      try await database.run("DELETE FROM report_role")
      let links = try await store.auditLines(AuditFilter(action: "change-report-role"))
      let owner = try await database.text("SELECT session_user::text")
      #expect(Set(links.map(\.line.actor)) == ["login \(owner)"])
      #expect(Set(links.map(\.line.object)) == ["report role \(logins.reporter)"])
      #expect(
        links.reversed().map(\.line.detail) == [
          "funder state",
          "funder eurohpc, before: role \(logins.reporter), funder state", "no more funder eurohpc",
        ])
    }
  }
}

extension Database {
  /// As one who logged in under a name, to Postgres and to its policies.
  fileprivate func script(
    _ script: String, as login: String, committing: Bool = true
  ) async throws {
    try await raw.transaction { tx throws(PostgresError) in
      try tx.run(script: "SET LOCAL SESSION AUTHORIZATION \(login); " + script)
      if !committing { tx.abandon() }
    }
  }

  /// How a query would be run, where a sequential scan is the last choice.
  fileprivate func plan(of query: String, as login: String) async throws -> String {
    try await raw.transaction { tx throws(PostgresError) in
      try tx.run(script: "SET LOCAL ROLE \(login); SET LOCAL enable_seqscan = off")
      var lines: [String] = []
      for row in try tx.query(Statement("EXPLAIN (COSTS OFF) \(query)")) {
        lines.append(try row.text(0))
      }
      return lines.joined(separator: "\n")
    }
  }
}

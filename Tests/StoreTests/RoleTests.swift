// Why: a daemon that is taken over must not be able to change what was booked, and a funder must
// not see another's figures. Each right that a role lacks is tried, and must be refused.
import Domain
import Postgres
import Services
import Store
import Testing

@Suite("roles", .serialized, .timeLimit(.minutes(1)))
struct RoleTests {
  /// What a role may do on a table: a letter each for SELECT, INSERT, UPDATE and DELETE. A table
  /// that is not named here fails: whoever makes one decides its rights.
  private static let daemon = [
    "accounting_period": "SI", "period_facts": "SI", "books": "SU", "cap": "SIUD", "cap_use": "S",
    "audit_head": "S", "audit_line": "S", "allocation": "SIU", "allocation_balance": "SU",
    "allocation_day": "S", "borne_day": "S", "centre_version": "SU", "change_floor": "SU",
    "database_read": "", "database_reader": "",
    "directive": "SIU", "funder": "SIU", "funder_contribution": "SID", "funder_share": "SID",
    "job": "SIU", "job_change": "SID", "job_dependency": "SI", "job_payload": "SIUD",
    "act_note": "SID", "ledger_act": "S",
    "ledger_entry": "SI", "member": "SIU", "membership": "SID", "node": "SIU",
    "node_change": "SI", "open_run": "S", "organisation": "SIU", "partition": "SIU",
    "partition_node": "SID", "person": "SIUD", "programme": "SIU", "project": "SIU",
    "rate_card": "SID", "rate_of_gpu_type": "SI", "receipt": "SID", "record_cursor": "SIU",
    "late_start": "SI", "licence": "SIUD", "promise": "SIUD",
    "qos_class": "SIUD", "rated_day": "S", "queue_limit": "SIUD", "queue_order": "SID",
    "report_role": "",
    "restoration": "SD", "run": "SIU",
    "schema_migration": "S", "task": "SIU", "use_day": "S",
  ]
  /// Names, what can hold secrets, and what is noted of the auditors themselves.
  private static let hiddenFromAuditors: Set = [
    "database_read", "database_reader", "job_payload", "person",
  ]
  private static let reported: Set = [
    "accounting_period", "allocation", "allocation_balance", "funder", "funder_contribution",
    "funder_share",
    "ledger_entry", "programme", "report_role", "run",
  ]

  /// Of each verb a statement that does nothing where it is allowed.
  private static func statements(_ table: String, _ column: String) -> [(Character, String)] {
    [
      ("S", "SELECT count(*) FROM \(table)"),
      ("I", "INSERT INTO \(table) OVERRIDING SYSTEM VALUE SELECT * FROM \(table) WHERE false"),
      ("U", "UPDATE \(table) SET \(column) = \(column) WHERE false"),
      ("D", "DELETE FROM \(table) WHERE false"), ("T", "TRUNCATE \(table) CASCADE"),
      ("O", "DROP TABLE \(table) CASCADE"),
      ("A", "ALTER TABLE \(table) DISABLE TRIGGER ALL"),
    ]
  }

  private static func allowed(_ role: String, _ table: String) -> String? {
    switch role {
    case "polder_daemon": daemon[table] ?? (table.isPartition ? "" : nil)
    case "polder_auditor": table.isPartition || hiddenFromAuditors.contains(table) ? "" : "S"
    default: reported.contains(table) ? "S" : ""
    }
  }

  @Test(
    "no role can put a trigger function that runs as the owner on a table of its own",
    arguments: ["polder_daemon", "polder_auditor", "polder_report"])
  func borrowedTriggers(role: String) async throws {
    try await withDatabase { database in
      let names = try await database.text(
        """
        SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosecdef
          AND prorettype = 'trigger'::regtype
        """)
      let asRole = try Server.pool(database.conninfo + " options='-c role=\(role)'")
      let functions = names.split(separator: " ").map(String.init)
      #expect(functions.count >= 4)
      for function in functions {
        await #expect(throws: PostgresError.self, "\(role) may use \(function)") {
          try await asRole.transaction(.readWrite) { tx throws(PostgresError) in
            try tx.run(script: "CREATE TEMPORARY TABLE own (id bigint)")
            try tx.run(
              script:
                "CREATE TRIGGER own AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION \(function)()"
            )
          }
        }
      }
      await asRole.close()
    }
  }

  @Test(
    "a verb that a role has no right to is refused, on every table",
    arguments: ["polder_daemon", "polder_auditor", "polder_report"])
  func refused(role: String) async throws {
    try await withDatabase { database in
      let names = try await database.text(
        """
        SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        """)
      let asRole = try Server.pool(database.conninfo + " options='-c role=\(role)'")
      for name in names.split(separator: " ").map(String.init) {
        guard let allowed = Self.allowed(role, name) else {
          Issue.record("the rights on \(name) stand nowhere in this test")
          continue
        }
        let column = try await database.text(
          """
          SELECT attname::text FROM pg_attribute
          WHERE attrelid = '\(name)'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''
          ORDER BY has_column_privilege('\(role)', attrelid, attnum, 'UPDATE') DESC, attnum LIMIT 1
          """)
        for (verb, statement) in Self.statements(name, column) where !allowed.contains(verb) {
          let error = await #expect(throws: PostgresError.self, "\(role): \(statement)") {
            try await asRole.transaction { tx throws(PostgresError) in
              try tx.run(script: statement)
            }
          }
          #expect(error?.sqlState == "42501", "\(role): \(statement): \(String(describing: error))")
        }
        for verb in allowed {
          let word = ["S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"][verb] ?? ""
          let has = try await database.number(
            """
            SELECT (has_table_privilege('\(role)', '\(name)', '\(word)') OR CASE '\(word)'
              WHEN 'DELETE' THEN false
              ELSE has_any_column_privilege('\(role)', '\(name)', '\(word)') END)::int::bigint
            """)
          #expect(has == 1, "\(role) lacks \(word) on \(name)")
        }
      }
      await asRole.close()
    }
  }

  @Test("the daemon changes no column of what was committed, booked or accepted")
  func columns() async throws {
    try await withStore { _, database in
      let asDaemon = try Server.pool(database.asDaemon)
      for statement in [
        "UPDATE run SET committed_at = now()", "UPDATE run SET allocation = 'x'",
        "UPDATE job SET project = 'x'", "UPDATE task SET job = 1",
        "UPDATE allocation_balance SET granted_gpu_ms = 1", "UPDATE directive SET kind = 'cancel'",
        "UPDATE allocation_day SET charged_gpu_ms = 0", "UPDATE use_day SET used_gpu_ms = 0",
        "UPDATE rated_day SET delivered_gpu_ms = 0",
        "UPDATE borne_day SET used_gpu_ms = 0",
        "INSERT INTO ledger_entry (seq) VALUES (1)",
        "SELECT make_months(now(), now())", "SELECT finish_partitions('x')",
        "SELECT setval('ledger_entry_seq', 1)", "CREATE TABLE mine (n bigint)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      ] {
        await #expect(throws: PostgresError.self, "\(statement)") {
          try await asDaemon.transaction { tx throws(PostgresError) in
            try tx.run(script: statement)
          }
        }
      }
      let error = await #expect(throws: PostgresError.self) {
        try await asDaemon.transaction { tx throws(PostgresError) in
          try tx.run(script: "UPDATE allocation_balance SET lock = 1")
        }
      }
      #expect(error?.sqlState == "23514")
      await asDaemon.close()
    }
  }

  @Test("the auditor's role sees no name of a job, nor what Slurm said of one")
  func auditorsColumns() async throws {
    try await withStore { store, database in
      _ = try await store.accepted()
      let asAuditor = try Server.pool(database.conninfo + " options='-c role=polder_auditor'")
      for (column, table) in [
        ("name", "job"), ("idempotency_key", "job"), ("content_sha256", "job"), ("cause", "task"),
      ] {
        let error = await #expect(throws: PostgresError.self, "\(table).\(column)") {
          try await asAuditor.transaction { tx throws(PostgresError) in
            try tx.run(script: "SELECT \(column) FROM \(table)")
          }
        }
        #expect(error?.sqlState == "42501")
      }
      try await asAuditor.transaction { tx throws(PostgresError) in
        try tx.run(script: "SELECT number, member, project, required_nodes, submitted_at FROM job")
        try tx.run(script: "SELECT job, state, outcome, ended_at FROM task")
      }
      await asAuditor.close()
    }
  }

  @Test("a funder's role sees its own programmes, allocations, entries, balances and runs only")
  func funders() async throws {
    let state = Server.freshName()
    let nobody = Server.freshName()
    for role in [state, nobody] {
      try await Server.run("CREATE ROLE \(role)")
      try await Server.run("GRANT polder_report TO \(role)")
    }
    try await withStore { store, database in
      var centre = Example.centre
      centre.allocations[Example.fast] = Allocation(
        id: Example.fast, project: Example.roads, programme: Example.id("fast-lane"),
        granted: .hours(10_000), window: Example.past..<Example.future, opening: .zero)
      let outcome = try await store.replaceCentre(
        with: centre, postings: [], ifStill: Example.centre, by: "m-beheer")
      #expect(outcome == .done)
      let job = try await store.accepted()
      _ = try await store.commit(Example.run(job.firstRun))
      let other = try await store.accepted(Example.job(Example.request(Example.roads)))
      _ = try await store.commit(Example.run(other.firstRun, from: Example.fast))
      try await database.run("INSERT INTO report_role (role, funder) VALUES ('\(state)', 'state')")
      let own = [
        ("funder", "id", "state"), ("programme", "id", "playground"),
        ("allocation", "id", "longscan-large longscan-over longscan-small"),
        ("allocation_balance", "allocation", "longscan-large longscan-over longscan-small"),
        ("ledger_entry", "allocation", "longscan-large longscan-over longscan-small"),
        ("run", "allocation", "longscan-large"), ("report_role", "funder", "state"),
        ("funder_share", "funder", "state"), ("funder_contribution", "funder", "state"),
      ]
      for (table, column, expected) in own {
        let seen = """
          SELECT coalesce(string_agg(DISTINCT \(column), ' ' ORDER BY \(column)), '') FROM \(table)
          """
        #expect(try await database.text(seen, as: state) == expected, "\(table)")
        #expect(try await database.text(seen, as: nobody) == "", "\(table)")
      }
      for column in ["nodes", "devices", "allocated", "slurm_job_id", "exit_code"] {
        await #expect(throws: PostgresError.self, "\(column) of runs") {
          try await database.text("SELECT max(\(column)::text) FROM run", as: state)
        }
      }
    }
    for role in [state, nobody] { try await Server.run("DROP ROLE \(role)") }
  }
}

extension String {
  /// A month of history; nobody but its owner has a right on it.
  fileprivate var isPartition: Bool {
    (hasPrefix("run_") || hasPrefix("ledger_entry_"))
      && (hasSuffix("_default") || last?.isNumber == true)
  }
}

extension Database {
  fileprivate func text(_ sql: String, as role: String) async throws -> String {
    let statement = Statement(sql)
    return try await raw.transaction { tx throws(PostgresError) in
      try tx.run(script: "SET LOCAL ROLE \(role)")
      return try tx.query(statement).only().text(0)
    }
  }
}

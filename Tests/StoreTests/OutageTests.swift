// Why: a connection that breaks around COMMIT must lose nothing and double nothing.
import Domain
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("a broken connection", .serialized, .timeLimit(.minutes(1)))
struct OutageTests {
  /// Runs a deed in the COMMIT of the writes whose numbers, from 1, meet a condition.
  private func deedAtCommit(_ condition: String, _ deed: String) -> String {
    """
    CREATE SEQUENCE attempt;
    GRANT USAGE ON SEQUENCE attempt TO polder_daemon;
    CREATE FUNCTION deed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
      $$ BEGIN IF nextval('attempt') \(condition) THEN \(deed); END IF; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER deed AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION deed();
    """
  }

  private static let suicide = "PERFORM pg_terminate_backend(pg_backend_pid())"

  @Test("during a COMMIT that did not happen is tried again")
  func notCommitted() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      try await database.run(deedAtCommit("= 1", Self.suicide))
      #expect(try await store.commit(Example.run(job.firstRun)) == .done)
      #expect(try await store.commit(Example.run(job.firstRun)) == .stale)
      #expect(
        try await database.number("SELECT count(*) FROM ledger_entry WHERE kind = 'hold'") == 1)
      #expect(try await database.number("SELECT last_value FROM attempt") == 2)
      #expect(try await store.audit().balanced)
    }
  }

  @Test("during each COMMIT is an unknown outcome, and nothing is written")
  func neverCommitted() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      try await database.run(deedAtCommit("> 0", Self.suicide))
      let error = await #expect(throws: StoreError.self) {
        _ = try await store.commit(Example.run(job.firstRun))
      }
      guard case .unknown? = error else { throw Unexpected("\(String(describing: error))") }
      #expect(try await database.number("SELECT count(*) FROM run") == 0)
    }
  }

  @Test("during a COMMIT that happens after all is found to be done")
  func committedAfterAll() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      // The first COMMIT waits for a lock until its client has lost patience; the second attempt
      // ends the lock's holder and then waits for the first to end.
      let holder = try Server.pool(database.conninfo)
      let pid = try await holder.transaction { tx throws(PostgresError) in
        try tx.query(
          Statement("SELECT pg_backend_pid() FROM (SELECT pg_advisory_lock(42)) AS held")
        ).only().int64(0)
      }
      try await database.run(
        """
        CREATE SEQUENCE attempt;
        GRANT USAGE ON SEQUENCE attempt TO polder_daemon;
        CREATE FUNCTION begun() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          PERFORM set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true);
          IF nextval('attempt') = 2 THEN PERFORM pg_terminate_backend(\(pid)); END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER begun BEFORE INSERT ON receipt FOR EACH ROW EXECUTE FUNCTION begun();
        CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          PERFORM pg_advisory_xact_lock(42);
          RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON receipt DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION waits();
        """)
      var configuration = PostgresConfiguration(
        conninfo: database.conninfo, applicationName: "impatient")
      configuration.statementTimeoutMilliseconds = 500
      configuration.graceMilliseconds = 500
      let impatient = try await PostgresStore.open(configuration)
      #expect(try await impatient.commit(Example.run(job.firstRun)) == .done)
      #expect(try await database.number("SELECT last_value FROM attempt") == 2)
      #expect(try await database.number("SELECT count(*) FROM run") == 1)
      #expect(try await store.audit().balanced)
      await impatient.close()
      await holder.close()
    }
  }

  @Test("again and again, at any moment, loses no job, doubles none, and leaves the books balanced")
  func killedAgainAndAgain() async throws {
    try await withStore(connections: 4) { store, database in
      let killer = Task { try await Self.kill(database) }
      let counts = try await withThrowingTaskGroup(of: Int.self) { group in
        for worker in 0..<4 { group.addTask { try await Self.work(worker, store) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      killer.cancel()
      #expect(try await killer.value > 0)
      #expect(counts == [Self.rounds, Self.rounds, Self.rounds, Self.rounds])
      let jobs = Int64(4 * Self.rounds)
      #expect(try await database.number("SELECT count(*) FROM job") == jobs)
      for kind in ["hold", "charge"] {
        let statement = "SELECT count(*) FROM ledger_entry WHERE kind = '\(kind)'"
        #expect(try await database.number(statement) == jobs)
      }
      let audit = try await store.audit()
      #expect(audit.balanced && audit.openHolds == 0 && audit.waitingTasks == 0)
    }
  }

  private static let rounds = 15

  /// Ends the server's side of one of the store's connections, over and over, until it is
  /// cancelled; how many.
  private static func kill(_ database: Database) async throws -> Int64 {
    var killed: Int64 = 0
    do {
      while true {
        // A wait of the server, so that the others get something done between two.
        killed += try await database.number(
          """
          WITH pause AS MATERIALIZED (SELECT pg_sleep(0.2))
          SELECT count(pg_terminate_backend(pid)) FROM pause, (
            SELECT pid FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'polderd'
            ORDER BY random() LIMIT 1) AS victim
          """)
      }
    } catch PostgresError.cancelled {
      // As it is meant to end.
    }
    return killed
  }

  /// Takes jobs through their life, trying again what failed; how many were charged.
  private static func work(_ worker: Int, _ store: PostgresStore) async throws -> Int {
    var charged = 0
    for round in 0..<rounds {
      let job = Example.job(key: "w\(worker)-\(round)")
      let record = try await again { () async throws(StoreError) -> JobRecord? in
        switch try await store.accept(job) {
        case .accepted(let record), .again(let record): record
        case .keyUsedOtherwise, .refused: nil
        }
      }
      guard let record else { throw Unexpected("a key was used otherwise") }
      let run = Example.run(record.firstRun)
      _ = try await again { () async throws(StoreError) in try await store.commit(run) }
      let end = Example.end(used: .hours(1))
      _ = try await again { () async throws(StoreError) in
        try await store.perform(.ended(run.id, end))
      }
      charged += 1
    }
    return charged
  }

  /// Tries until the store is there.
  private static func again<T>(
    _ body: () async throws(StoreError) -> T
  ) async throws -> T {
    while true {
      do {
        return try await body()
      } catch {
        if case .broken = error { throw error }
        try Task.checkCancellation()
      }
    }
  }
}

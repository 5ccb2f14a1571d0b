// Why: what a lost connection means decides whether a charge is made again, so it is never guessed.
import Foundation
import LocalSocket
import Postgres
import Synchronization
import Testing

@Suite("a lost connection", .serialized, .timeLimit(.minutes(1)))
struct OutageTests {
  @Test("within a transaction means that nothing happened, and the pool heals")
  func lostInTransaction() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let suicide = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
      let before = try await pool.backend()
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(insert)
          try tx.execute(suicide)
        }
      }
      #expect(error.isConnectionLost)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      #expect(try await pool.backend() != before)
      await pool.close()
    }
  }

  @Test("within a transaction is not forgotten when its closure swallows it")
  func lostAndSwallowed() async throws {
    let pool = try Server.pool()
    let suicide = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
    let error = await #expect(throws: PostgresError.self) {
      try await pool.transaction { tx throws(PostgresError) in _ = try? tx.execute(suicide) }
    }
    #expect(error.isConnectionLost)
    await pool.close()
  }

  @Test("within a batch means that nothing happened")
  func lostInBatch() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let work = Statement(
        """
        WITH w AS (INSERT INTO \(schema).a VALUES ($1) RETURNING n)
        SELECT CASE WHEN n = 300 THEN pg_terminate_backend(pg_backend_pid()) END FROM w
        """)
      let sets: [[Value]] = (0..<1_000).map { [.int64(Int64($0))] }
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try tx.batch(work, sets) }
      }
      #expect(error.isConnectionLost)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("while it stood idle is not noticed by its next user", arguments: 1...20)
  func lostWhileIdle(round: Int) async throws {
    let pool = try Server.pool()
    let other = try Server.pool()
    let before = try await pool.backend()
    try await other.terminate(before)
    #expect(try await pool.backend() != before)
    await pool.close()
    await other.close()
  }

  /// A table whose COMMIT runs `deed` in a deferred constraint trigger.
  private func deedAtCommit(_ deed: String) -> String {
    """
    CREATE TABLE a (n bigint);
    CREATE FUNCTION deed() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN \(deed); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER deed AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION deed();
    """
  }

  @Test("during COMMIT is an unknown outcome: here it did not happen")
  func unknownAndNot() async throws {
    let deed = "PERFORM pg_terminate_backend(pg_backend_pid())"
    try await withSchema(deedAtCommit(deed)) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try tx.execute(insert) }
      }
      #expect(error.isOutcomeUnknown)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("during COMMIT is an unknown outcome: here it happens afterwards")
  func unknownAndDone() async throws {
    let key = Int64.random(in: .min ... .max)
    try await withSchema(deedAtCommit("PERFORM pg_advisory_xact_lock(\(key))")) { schema in
      let lock = Statement("SELECT pg_advisory_xact_lock($1)")
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      // Only the client's patience is short: the server goes on with the COMMIT.
      let client = try Server.pool {
        $0.statementTimeoutMilliseconds = 50
        $0.graceMilliseconds = 50
        $0.lockTimeoutMilliseconds = 0
      }
      let other = try Server.pool()
      try await other.transaction { tx throws(PostgresError) in
        try tx.execute(lock, [.int64(key)])
        // The lock is held until the other has given up waiting for its COMMIT.
        let gate = Gate()
        Task {
          let error = await #expect(throws: PostgresError.self) {
            try await client.transaction { tx throws(PostgresError) in
              try tx.run(script: "SET LOCAL statement_timeout = 0")
              try tx.execute(insert)
            }
          }
          #expect(error.isOutcomeUnknown)
          gate.open()
        }
        gate.wait()
      }
      // The server grants the lock in the order of asking: to the COMMIT, then to this.
      try await other.transaction { tx throws(PostgresError) in
        try tx.execute(lock, [.int64(key)])
      }
      #expect(try await other.number("SELECT count(*) FROM \(schema).a") == 1)
      await client.close()
      await other.close()
    }
  }

  @Test("a refusal at COMMIT is no unknown outcome")
  func refusedAtCommit() async throws {
    let deed = "RAISE EXCEPTION 'unbalanced' USING ERRCODE = 'check_violation'"
    try await withSchema(deedAtCommit(deed)) { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try tx.execute(insert) }
      }
      #expect(error?.isCheckViolation == true)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("to a server that keeps silent beyond its own timeout is given up")
  func silentServer() async throws {
    let pool = try Server.pool {
      $0.statementTimeoutMilliseconds = 50
      $0.graceMilliseconds = 50
    }
    let error = await #expect(throws: PostgresError.self) {
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(script: "SET LOCAL statement_timeout = 0")
        try tx.run(script: "SELECT pg_sleep(1)")
      }
    }
    #expect(error == .connectionLost(reason: "the server keeps silent"))
    #expect(try await pool.number("SELECT 1::bigint") == 1)
    await pool.close()
  }
}

@Suite("a server that can't be had", .serialized, .timeLimit(.minutes(1)))
struct UnavailableTests {
  @Test("is unavailable, with libpq's reason")
  func nobodyListens() async throws {
    let configuration = PostgresConfiguration(
      conninfo: "host=/nonexistent user=nobody password=hunter2", applicationName: "tests")
    let pool = try PostgresPool(configuration)
    let error = await #expect(throws: PostgresError.self) { try await pool.backend() }
    #expect(error.isUnavailable)
    #expect(error?.description.contains("/nonexistent") == true)
    #expect(error?.description.contains("hunter2") == false)
    await pool.close()
  }

  @Test("is unavailable when it accepts and keeps silent")
  func silentAtConnect() async throws {
    let folder = "/tmp/pg-" + String(UInt64.random(in: .min ... .max), radix: 36)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let listener = try LocalListener(path: "\(folder)/.s.PGSQL.5432", mode: 0o600)
    var configuration = PostgresConfiguration(
      conninfo: "host=\(folder) user=nobody", applicationName: "tests")
    configuration.connectTimeoutMilliseconds = 50
    let pool = try PostgresPool(configuration)
    let error = await #expect(throws: PostgresError.self) { try await pool.backend() }
    #expect(error == .unavailable(reason: "the server keeps silent"))
    await pool.close()
    listener.close()
  }

  @Test("is unavailable when it refuses the account")
  func refusedAccount() async throws {
    let pool = try Server.pool { $0.conninfo += " user=no_such_role" }
    let error = await #expect(throws: PostgresError.self) { try await pool.backend() }
    #expect(error.isUnavailable)
    #expect(error?.description.contains("no_such_role") == true)
    await pool.close()
  }
}

extension Optional where Wrapped == PostgresError {
  var isConnectionLost: Bool { if case .connectionLost = self { true } else { false } }
  var isOutcomeUnknown: Bool { if case .outcomeUnknown = self { true } else { false } }
  var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
}

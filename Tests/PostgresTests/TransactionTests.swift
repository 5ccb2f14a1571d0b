// Why: the ledger rests on what a transaction promises, and on knowing when it is not known.
import Postgres
import Synchronization
import Testing

@Suite("a transaction", .serialized, .timeLimit(.minutes(1)))
struct TransactionTests {
  private struct Stop: Error {}

  @Test("commits what it wrote, in the rows that its statements say")
  func commits() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a SELECT unnest($1::bigint[])")
      let inserted = try await pool.transaction { tx throws(PostgresError) in
        try tx.execute(insert, [.int64Array([1, 2, 3])])
      }
      #expect(inserted == 3)
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 3)
      await pool.close()
    }
  }

  @Test("is rolled back when its closure throws, and the error comes through")
  func rollsBackOnThrow() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      await #expect(throws: PostgresError.decoding("mine")) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(insert)
          throw .decoding("mine")
        }
      }
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("is rolled back when abandoned, and its result stands")
  func abandons() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let result = try await pool.transaction { tx throws(PostgresError) in
        try tx.execute(insert)
        tx.abandon()
        return "dry run"
      }
      #expect(result == "dry run")
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("fails when its closure swallows a refusal: nothing is half committed")
  func swallowedRefusal() async throws {
    try await withSchema("CREATE TABLE a (n bigint PRIMARY KEY)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES ($1)")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(insert, [.int64(1)])
          _ = try? tx.execute(insert, [.int64(1)])
        }
      }
      #expect(error?.isUniqueViolation == true)
      #expect(error?.constraint == "a_pkey")
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("tells violations apart, and no message quotes a value")
  func violations() async throws {
    let definition = """
      CREATE TABLE a (n bigint PRIMARY KEY CONSTRAINT positive CHECK (n > 0), t text);
      CREATE TABLE b (n bigint REFERENCES a);
      """
    try await withSchema(definition) { schema in
      let pool = try Server.pool()
      func refusal(_ sql: String, _ values: [Value]) async -> PostgresError? {
        let statement = Statement(sql)
        return await #expect(throws: PostgresError.self) {
          try await pool.transaction { tx throws(PostgresError) in
            try tx.execute(statement, values)
          }
        }
      }
      let check = await refusal("INSERT INTO \(schema).a VALUES ($1, '')", [.int64(-815_4711)])
      #expect(check?.isCheckViolation == true)
      #expect(check?.constraint == "positive")
      let key = await refusal("INSERT INTO \(schema).b VALUES ($1)", [.int64(815_4711)])
      #expect(key?.isForeignKeyViolation == true)
      let cast = await refusal("SELECT $1::text::bigint", [.text("8154711 secret")])
      #expect(cast?.sqlState == "22P02")
      for error in [check, key, cast] { #expect(error?.description.contains("8154711") == false) }
      await pool.close()
    }
  }

  @Test("that only reads refuses to write")
  func readOnly() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction(.snapshot) { tx throws(PostgresError) in try tx.execute(insert) }
      }
      #expect(error?.sqlState == "25006")
      await pool.close()
    }
  }

  /// Two transactions that both read and then write one row; the first is overtaken once.
  private func overtaken(retryLimit: Int) async throws -> (
    attempts: Int, retries: Int, final: Int64
  ) {
    let attempts = Mutex(0)
    let final = Mutex<Int64>(0)
    let retries = Mutex(0)
    try await withSchema("CREATE TABLE a (n bigint); INSERT INTO a VALUES (0)") { schema in
      let pool = try Server.pool(size: 2)
      let read = Statement("SELECT n FROM \(schema).a")
      let write = Statement("UPDATE \(schema).a SET n = $1")
      let outcome: Result<Void, any Error>
      do {
        try await pool.transaction(.serializable(retryLimit: retryLimit)) {
          tx throws(PostgresError) in
          let seen = try tx.query(read).only().int64(0)
          let attempt = attempts.withLock {
            $0 += 1
            return $0
          }
          if attempt == 1 {
            // This thread is the connection's own; the other transaction needs another one.
            let gate = Gate()
            Task {
              try await pool.transaction { tx throws(PostgresError) in
                try tx.execute(write, [.int64(10)])
              }
              gate.open()
            }
            gate.wait()
          }
          try tx.execute(write, [.int64(seen + 1)])
        }
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      let number = try await pool.number("SELECT n FROM \(schema).a")
      final.withLock { $0 = number }
      retries.withLock { $0 = pool.counts.serializationRetries }
      await pool.close()
      try outcome.get()
    }
    return (attempts.withLock { $0 }, retries.withLock { $0 }, final.withLock { $0 })
  }

  @Test("that was overtaken is tried again from its beginning")
  func serializationRetry() async throws {
    let outcome = try await overtaken(retryLimit: 3)
    #expect(outcome.attempts == 2 && outcome.retries == 1, "tried again, and counted")
    #expect(outcome.final == 11)
  }

  @Test("that was overtaken fails when no retry is left")
  func serializationFailure() async throws {
    let error = await #expect(throws: PostgresError.self) {
      try await self.overtaken(retryLimit: 0)
    }
    #expect(error?.isSerializationFailure == true)
  }

  @Test("a statement that runs over its time is cancelled, and the connection goes on")
  func statementTimeout() async throws {
    let pool = try Server.pool { $0.statementTimeoutMilliseconds = 50 }
    let backend = try await pool.backend()
    let sleep = Statement("SELECT pg_sleep(60)::text")
    await #expect(throws: PostgresError.timedOut) {
      try await pool.transaction { tx throws(PostgresError) in try tx.query(sleep) }
    }
    #expect(try await pool.backend() == backend)
    await pool.close()
  }

  @Test("a transaction has the time it asks for, and no other has it")
  func ownTimeout() async throws {
    let pool = try Server.pool {
      $0.statementTimeoutMilliseconds = 50
      $0.graceMilliseconds = 50
    }
    let backend = try await pool.backend()
    let sleep = Statement("SELECT pg_sleep($1::bigint / 1000.0)::text")
    let patient = TransactionMode(statementTimeoutMilliseconds: 60_000)
    try await pool.transaction(patient) { tx throws(PostgresError) in
      // Longer than the connection's own time and grace.
      _ = try tx.query(sleep, [.int64(300)])
    }
    let impatient = TransactionMode(statementTimeoutMilliseconds: 10)
    for mode in [.readWrite, impatient] {
      await #expect(throws: PostgresError.timedOut) {
        try await pool.transaction(mode) { tx throws(PostgresError) in
          try tx.query(sleep, [.int64(60_000)])
        }
      }
    }
    #expect(try await pool.backend() == backend)
    // One that asks for nothing costs no round trip all the same.
    try await pool.transaction(patient) { _ throws(PostgresError) in }
    await pool.close()
  }

  @Test("waiting for a lock ends at the lock timeout")
  func lockTimeout() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool(size: 2) { $0.lockTimeoutMilliseconds = 50 }
      let lock = Statement("LOCK TABLE \(schema).a")
      let (isHeld, isOver) = (AsyncStream<Void>.makeStream(), Gate())
      let holder = Task {
        try await pool.transaction { tx throws(PostgresError) in
          try tx.execute(lock)
          isHeld.continuation.finish()
          isOver.wait()
        }
      }
      for await _ in isHeld.stream {}
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) in try tx.execute(lock) }
      }
      #expect(error?.isLockNotAvailable == true)
      isOver.open()
      try await holder.value
      await pool.close()
    }
  }

  @Test("notices go to the configured place and not to the terminal")
  func notices() async throws {
    let seen = Mutex<[String]>([])
    let log: @Sendable (Diagnostics) -> Void = { notice in
      seen.withLock { $0.append(notice.message) }
    }
    let pool = try Server.pool { $0.onNotice = log }
    try await pool.transaction { tx throws(PostgresError) in
      try tx.run(script: "DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
    }
    await pool.close()
    #expect(seen.withLock { $0 } == ["hello"])
  }

  @Test("what can't be in a transaction runs outside of one")
  func outsideTransaction() async throws {
    let pool = try Server.pool()
    let name = "d" + String(UInt64.random(in: .min ... .max), radix: 36)
    try await pool.runOutsideTransaction("CREATE DATABASE \(name)")
    try await pool.runOutsideTransaction("DROP DATABASE \(name)")
    let error = await #expect(throws: PostgresError.self) {
      try await pool.runOutsideTransaction("DROP DATABASE \(name)")
    }
    #expect(error?.sqlState == "3D000")
    await pool.close()
  }
}

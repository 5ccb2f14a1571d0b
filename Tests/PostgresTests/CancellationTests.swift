// Why: a caller who has gone must not keep a server's process, and what ended must be told apart.
import Postgres
import Synchronization
import Testing

@Suite("an end before its time", .serialized, .timeLimit(.minutes(1)))
struct CancellationTests {
  @Test("cancelling the task ends the statement that runs in the server")
  func cancelled() async throws {
    let pool = try Server.pool()
    let other = try Server.pool()
    let backend = try await pool.backend()
    let sleep = Statement("SELECT pg_sleep(600)::text")
    let task = Task {
      try await pool.transaction { tx throws(PostgresError) in try tx.query(sleep).count }
    }
    let active = """
      SELECT count(*) FROM pg_stat_activity
      WHERE pid = $1 AND state = 'active' AND query = '\(sleep.sql)'
      """
    while try await other.number(active, [.int64(backend)]) == 0 { await Task.yield() }
    task.cancel()
    await #expect(throws: PostgresError.cancelled) { try await task.value }
    while try await other.number(active, [.int64(backend)]) > 0 { await Task.yield() }
    #expect(pool.counts.cancellations == 1)
    #expect(pool.counts.statementTimeouts == 0)
    // Whoever comes next has a connection of which nobody is about to cancel anything.
    #expect(try await pool.backend() != backend)
    await pool.close()
    await other.close()
  }

  @Test("cancelling the task between two statements commits nothing")
  func cancelledBetween() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let task = Task {
        try await pool.transaction { tx throws(PostgresError) -> Void in
          try tx.execute(insert)
          // The reference is used within the closure only.
          unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
        }
      }
      await #expect(throws: PostgresError.cancelled) { try await task.value }
      #expect(try await pool.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
    }
  }

  @Test("a client that stands idle in its transaction loses it, and knows that nothing happened")
  func idleInTransaction() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool { $0.idleInTransactionTimeoutMilliseconds = 20 }
      let other = try Server.pool()
      let insert = Statement("INSERT INTO \(schema).a VALUES (1)")
      let me = Statement("SELECT pg_backend_pid()")
      let error = await #expect(throws: PostgresError.self) {
        try await pool.transaction { tx throws(PostgresError) -> Void in
          try tx.execute(insert)
          let backend = try tx.query(me).only().int64(0)
          // Until the server has ended it.
          let gate = Gate()
          Task {
            let alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
            while try await other.number(alive, [.int64(backend)]) > 0 { await Task.yield() }
            gate.open()
          }
          gate.wait()
        }
      }
      #expect(error.isConnectionLost)
      #expect(try await other.number("SELECT count(*) FROM \(schema).a") == 0)
      await pool.close()
      await other.close()
    }
  }

  @Test("a deadlock is tried again, and counted")
  func deadlock() async throws {
    let definition = "CREATE TABLE a (id bigint, n bigint); INSERT INTO a VALUES (1, 0), (2, 0)"
    try await withSchema(definition) { schema in
      let pool = try Server.pool(size: 2)
      let add = Statement("UPDATE \(schema).a SET n = n + 1 WHERE id = $1")
      let meeting = Meeting()
      let tries = Tries()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (first, second) in [(1, 2), (2, 1)] as [(Int64, Int64)] {
          group.addTask {
            let isFirstTry = Mutex(true)
            try await pool.transaction(TransactionMode(retryLimit: 10)) {
              tx throws(PostgresError) -> Void in
              tries.add()
              try tx.execute(add, [.int64(first)])
              let meets = isFirstTry.withLock { flag in
                defer { flag = false }
                return flag
              }
              if meets { meeting.arrive() }
              try tx.execute(add, [.int64(second)])
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await pool.number("SELECT sum(n)::bigint FROM \(schema).a") == 4)
      // The one that tries again can meet the other once more.
      #expect(pool.counts.deadlockRetries >= 1)
      #expect(Int(pool.counts.deadlockRetries) == tries.count - 2)
      #expect(pool.counts.commits == 3)
      await pool.close()
    }
  }

  @Test("each kind of end is counted as what it was")
  func counts() async throws {
    try await withSchema("CREATE TABLE a (n bigint)") { schema in
      let pool = try Server.pool { $0.statementTimeoutMilliseconds = 50 }
      let sleep = Statement("SELECT pg_sleep(60)::text")
      await #expect(throws: PostgresError.timedOut) {
        try await pool.transaction { tx throws(PostgresError) in try tx.query(sleep) }
      }
      try await pool.transaction { tx throws(PostgresError) in tx.abandon() }
      _ = try await pool.backend()
      var expected = PostgresCounts()
      expected.connects = 1
      expected.commits = 1
      expected.rollbacks = 2
      expected.statementTimeouts = 1
      #expect(pool.counts == expected)
      await pool.close()
    }
  }
}

/// How often a transaction was begun.
private final class Tries: Sendable {
  private let made = Mutex(0)

  var count: Int { made.withLock { $0 } }

  func add() { made.withLock { $0 += 1 } }
}

/// Two sides that go on when both are there, on threads that may block.
private final class Meeting: Sendable {
  private let arrived = Mutex(0)
  private let gates = [Gate(), Gate()]

  func arrive() {
    let place = arrived.withLock { count in
      defer { count += 1 }
      return count
    }
    gates[1 - place].open()
    gates[place].wait()
  }
}

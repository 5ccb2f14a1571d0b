// Why: all work of the daemon passes this queue; nobody may be overtaken, lost or left waiting.
import Postgres
import Synchronization
import Testing

@Suite("a pool", .serialized, .timeLimit(.minutes(1)))
struct PoolTests {
  /// Who was served, in order.
  private final class Served: Sendable {
    private let list = Mutex<[Int]>([])
    var numbers: [Int] { list.withLock { $0 } }
    func append(_ number: Int) { list.withLock { $0.append(number) } }
  }

  /// A pool of which all connections are busy until the gate opens.
  private func withBusyPool(
    size: Int = 1, maximumWaiting: Int = 1_000,
    _ body: (PostgresPool, Gate) async throws -> Void
  ) async throws {
    let pool = try Server.pool(size: size, maximumWaiting: maximumWaiting)
    let gate = Gate()
    let holders = (0..<size).map { _ in
      Task { try await pool.transaction { _ throws(PostgresError) in gate.wait() } }
    }
    try await until { pool.load.busyCount == size }
    try await body(pool, gate)
    for holder in holders { try await holder.value }
    await pool.close()
  }

  /// Lets other tasks run until `condition` holds; the suite's time limit bounds it.
  private func until(_ condition: () -> Bool) async throws {
    while !condition() {
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  @Test("serves in the order of asking")
  func order() async throws {
    try await withBusyPool { pool, gate in
      let served = Served()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            try await pool.transaction { _ throws(PostgresError) -> Void in
              served.append(number)
            }
          }
          try await until { pool.load.waitingCount == number + 1 }
        }
        gate.open()
        try await group.waitForAll()
      }
      #expect(served.numbers == Array(0..<100))
    }
  }

  @Test("of four carries two hundred transactions at once, none lost and none doubled")
  func manyAtOnce() async throws {
    try await withSchema("CREATE TABLE a (n bigint); INSERT INTO a VALUES (0)") { schema in
      let pool = try Server.pool(size: 4)
      let add = Statement("UPDATE \(schema).a SET n = n + 1")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<200 {
          group.addTask {
            _ = try await pool.transaction { tx throws(PostgresError) in try tx.execute(add) }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await pool.number("SELECT n FROM \(schema).a") == 200)
      #expect(pool.load.busyCount == 0)
      #expect(pool.load.waitingCount == 0)
      await pool.close()
    }
  }

  @Test("lets a cancelled task go, and serves those behind it")
  func cancellation() async throws {
    try await withBusyPool { pool, gate in
      let cancelled = Task { try await pool.backend() }
      try await until { pool.load.waitingCount == 1 }
      let next = Task { try await pool.backend() }
      try await until { pool.load.waitingCount == 2 }
      cancelled.cancel()
      await #expect(throws: PostgresError.cancelled) { try await cancelled.value }
      gate.open()
      #expect(try await next.value > 0)
    }
  }

  @Test("doesn't begin anything for a task that was cancelled before it asked")
  func cancelledBefore() async throws {
    let pool = try Server.pool()
    let task = Task {
      // The reference is used within the closure only.
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return try await pool.backend()
    }
    await #expect(throws: PostgresError.cancelled) { try await task.value }
    await pool.close()
  }

  @Test("refuses one more than may wait")
  func fullQueue() async throws {
    try await withBusyPool(maximumWaiting: 1) { pool, gate in
      let waiting = Task { try await pool.backend() }
      try await until { pool.load.waitingCount == 1 }
      await #expect(throws: PostgresError.unavailable(reason: "1 tasks wait for a connection")) {
        try await pool.backend()
      }
      gate.open()
      _ = try await waiting.value
    }
  }

  @Test("that is closed lets what began end and refuses the rest")
  func close() async throws {
    let closed = PostgresError.unavailable(reason: "the pool was closed")
    let pool = try Server.pool(size: 2)
    let gate = Gate()
    let running = Task {
      try await pool.transaction { _ throws(PostgresError) -> Int in
        gate.wait()
        return 7
      }
    }
    try await until { pool.load.busyCount == 1 }
    let closing = Task { await pool.close() }
    await #expect(throws: closed) {
      while true { _ = try await pool.backend() }
    }
    gate.open()
    #expect(try await running.value == 7)
    await closing.value
    await #expect(throws: closed) { try await pool.backend() }
  }
}

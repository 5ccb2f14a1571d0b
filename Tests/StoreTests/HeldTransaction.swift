// Why: transactions are not committed in the order in which they began.
import Dispatch
import Postgres
import Synchronization

/// A transaction that has run a script and stays open until it is told how to end.
final class HeldTransaction: Sendable {
  private final class Fate: Sendable {
    let isDue = DispatchSemaphore(value: 0)
    let commits = Atomic(false)
  }

  private let pool: PostgresPool
  private let fate: Fate
  private let ending: Task<Void, any Error>

  init(_ database: Database, _ script: String) async throws {
    let (pool, fate) = (try Server.pool(database.conninfo), Fate())
    let (begun, begin) = AsyncStream<Void>.makeStream()
    self.pool = pool
    self.fate = fate
    ending = Task {
      defer { begin.finish() }
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(script: script)
        begin.yield()
        // On the connection's own thread, which nobody else needs.
        fate.isDue.wait()
        if !fate.commits.load(ordering: .acquiring) { tx.abandon() }
      }
    }
    for await _ in begun { break }
  }

  func end(committing: Bool) async throws {
    fate.commits.store(committing, ordering: .releasing)
    fate.isDue.signal()
    try await ending.value
    await pool.close()
  }
}

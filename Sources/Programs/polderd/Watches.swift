import Logging
import ServiceLifecycle
import Services
import Store

/// Ends the daemon if another one leads: two may run, one decides.
struct LeadershipWatch: Service {
  let leadership: Leadership
  let logger: Logger

  struct Lost: Error {}

  func run() async throws {
    while !Task.isShuttingDownGracefully {
      do throws(StoreError) {
        guard try await leadership.isHeld() else {
          logger.critical("another polderd leads now; this one ends")
          throw StoreError.broken("leadership lost")
        }
      } catch {
        if case .broken = error { throw Lost() }
        // Postgres is away: nobody can lead, and nothing can be written meanwhile.
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(2)) }
    }
  }
}

/// Wakes the conductor when something changed in the store.
struct StoreWatch: Service {
  let store: PostgresStore
  let conductor: Conductor

  func run() async throws {
    let changes = try store.changes()
    await cancelWhenGracefulShutdown {
      for await _ in changes { conductor.wake() }
    }
    try? await gracefulShutdown()
  }
}

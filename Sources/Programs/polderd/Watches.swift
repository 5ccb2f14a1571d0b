import BridgeProtocol
import Logging
import ServiceLifecycle
import Services
import SlurmBridge
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

/// Wakes the loop as soon as Slurm records an end, so that what comes next need not wait for the next
/// look.
struct RecordWatch: Service {
  /// A client of its own.
  let bridge: BridgeClient
  let conductor: Conductor

  /// For so long at most a shutdown waits for the bridge.
  private static let milliseconds = 1000

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var known: RecordCursor?
      while !Task.isCancelled {
        switch await bridge.recordEnd(notAt: known, milliseconds: Self.milliseconds) {
        case .accepted(let end) where end != known:
          known = end
          conductor.wake()
        case .accepted: break
        case .refused, .unavailable, .unknown: try? await Task.sleep(for: .seconds(1))
        }
      }
    }
  }
}

/// Makes the months of history ahead, seals what an interrupted closing left without a seal, and sums
/// all books anew once a day: what `status` says of the books between is a glance at what is open.
struct BooksWatch: Service {
  let store: PostgresStore
  /// Sums on a connection of its own, which may take its time.
  let administration: StoreAdministration
  /// The system's name in what is frozen with a seal.
  let system: String
  let logger: Logger

  private static let interval: Duration = .seconds(6 * 3600)
  private static let roundsBetweenAudits = 4

  func run() async throws {
    var round = 0
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      do throws(StoreError) {
        let made = try await store.makeMonths()
        if made > 0 { logger.notice("made months of history", metadata: ["months": "\(made)"]) }
        for closed in try await store.sealClosed(of: system) {
          logger.notice(
            "sealed a period whose closing was interrupted",
            metadata: ["period": "\(closed.period)"])
        }
        if round.isMultiple(of: Self.roundsBetweenAudits) { try await audit() }
      } catch {
        // The next round is in time: months are made a quarter ahead.
        logger.warning("the books were not looked after", metadata: ["why": "\(error)"])
      }
      round += 1
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
  }

  private func audit() async throws(StoreError) {
    let faults = try await administration.verify().faults
    guard !faults.isEmpty else { return }
    logger.critical(
      "the books are not right: run polder admin verify", metadata: ["faults": "\(faults)"])
  }
}

/// Takes what was read through the database's own roles into the audit log, each minute. Who looks at
/// the log, or verifies it, has it taken before.
struct ReadsWatch: Service {
  let store: PostgresStore
  let logger: Logger

  private static let interval: Duration = .seconds(60)

  func run() async throws {
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      do throws(StoreError) {
        try await store.takeDatabaseReads()
      } catch {
        // It stays in its queue.
        logger.warning(
          "what was read in the database is no line of the audit log yet",
          metadata: ["why": "\(error)"])
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
  }
}

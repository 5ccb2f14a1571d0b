package import Logging
import ServiceLifecycle

/// Erases, every hour while this daemon leads, what was kept long enough.
package struct RetentionKeeper: Service {
  private let store: any PersonalData
  private let policy: RetentionPolicy
  private let logger: Logger

  /// Of each category in one transaction, and transactions in one pass.
  private static let batch = 1000
  private static let batches = 100

  package init(store: any PersonalData, policy: RetentionPolicy, logger: Logger) {
    self.store = store
    self.policy = policy
    self.logger = logger
  }

  package func run() async throws {
    while !Task.isShuttingDownGracefully {
      do throws(StoreError) {
        try await pass()
      } catch {
        logger.warning("what was kept long enough waits", metadata: ["why": "\(error)"])
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(3600)) }
    }
  }

  /// One pass; what is left after its last batch waits for the next.
  package func pass() async throws(StoreError) {
    for _ in 0..<Self.batches {
      let counts = try await store.applyRetention(policy, limit: Self.batch)
      if !counts.isZero {
        logger.info(
          "erased what was kept long enough",
          metadata: [
            "payloads": "\(counts.payloads)", "paths": "\(counts.paths)",
            "jobNames": "\(counts.jobNames)", "notes": "\(counts.notes)",
          ])
      }
      if counts.largest < Self.batch { return }
    }
  }
}

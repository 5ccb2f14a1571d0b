import Domain
import Engine
import Lifecycle
import Logging
import Scheduling

/// What was promised outlives a round, a start that was not committed, and the daemon.
extension Conductor {
  /// What was promised before this daemon began.
  func recallPromises() async throws(StoreError) {
    guard storedPromises == nil else { return }
    let stored = try await store.promises()
    storedPromises = stored
    promises = stored
  }

  /// Keeps what the plan promises, and of what was due and did not come to start its promise; writes
  /// both, and which promises are kept no more.
  ///
  /// - Parameter due: the tasks that the plan starts.
  func keepPromises(
    _ result: CycleResult, due: Set<TaskID>, _ state: EngineState
  ) async throws(StoreError) {
    promises =
      result.promises
      + promises.filter {
        due.contains($0.task) && state.tasks[$0.task]?.state == .waiting
      }
    for late in result.late {
      let told: Logger.Metadata = [
        "task": "\(late.task)", "promised": "\(late.promised)",
        "expected": "\(late.expected.map { "\($0)" } ?? "not known")",
        "cause": "\(late.cause.kind.rawValue)",
        "nodes": "\(late.cause.nodes.map(\.text).joined(separator: ","))",
      ]
      if late.cause.kind == .unknown {
        logger.error("a promise is broken without a cause", metadata: told)
      } else {
        logger.notice("starts later than promised", metadata: told)
      }
    }
    guard promises != storedPromises || !result.late.isEmpty else { return }
    try await store.keep(promises, instead: storedPromises ?? [], late: result.late)
    storedPromises = promises
  }
}

import Domain
import Engine
import Logging
import Scheduling

/// What was promised outlives a round, a start that was not committed, and the daemon.
extension Conductor {
  /// What was promised before this daemon began.
  func recallPromises() async throws(StoreError) {
    guard storedPromises == nil else { return }
    let stored = try await store.promises()
    storedPromises = stored
    promises = PromiseBook(stored)
  }

  /// Keeps what the plan promises, and writes it with the promises that are late. What can't be
  /// written is with the next round: nothing else waits for it.
  func keepPromises(_ result: CycleResult, _ state: EngineState, now: Instant) async {
    let late = promises.follow(result, state, now: now)
    for late in late { tell(late) }
    unwrittenLate += late
    let kept = promises.kept
    guard kept != storedPromises || !unwrittenLate.isEmpty else { return }
    do throws(StoreError) {
      try await store.keep(kept, instead: storedPromises ?? [], late: unwrittenLate)
      storedPromises = kept
      unwrittenLate = []
    } catch {
      logger.warning("promises can't be written", metadata: ["why": "\(error)"])
    }
  }

  private func tell(_ late: LateStart) {
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
}

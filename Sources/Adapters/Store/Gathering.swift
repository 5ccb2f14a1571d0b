package import Services
import Synchronization

/// Writes together what arrives while something else is being written.
///
/// One group is written at a time: whoever comes first begins one alone, and whoever comes
/// meanwhile is in the next. So a quiet store answers as fast as ever, and a busy one pays for one
/// COMMIT where it would pay for many.
package final class Gathering<Item: Sendable, Outcome: Sendable>: Sendable {
  private struct Waiter {
    let item: Item
    let continuation: CheckedContinuation<Result<Outcome, StoreError>, Never>
  }

  private struct State {
    var waiters: [Waiter] = []
    var isWriting = false
  }

  private let state = Mutex(State())
  private let groupSize: Int
  private let maximumWaiting: Int

  /// - Parameters:
  ///   - groupSize: at most so many are written together.
  ///   - maximumWaiting: so many may wait; one more is refused as `unavailable`.
  package init(groupSize: Int = 64, maximumWaiting: Int = 1_000) {
    self.groupSize = groupSize
    self.maximumWaiting = maximumWaiting
  }

  /// How many wait, beside those that are being written.
  package var waitingCount: Int { state.withLock { $0.waiters.count } }

  /// Has an item written with others by `write`, which gives the outcome of each in their order.
  ///
  /// Throws what became of the item, and `unavailable` if too many wait. A caller that is cancelled
  /// waits for its outcome all the same: others are written with it.
  package func outcome(
    of item: Item,
    _ write: @escaping @Sendable ([Item]) async -> [Result<Outcome, StoreError>]
  ) async throws(StoreError) -> Outcome {
    let result = await withCheckedContinuation { continuation in
      let begins: Bool? = state.withLock { state in
        guard state.waiters.count < maximumWaiting else { return nil }
        state.waiters.append(Waiter(item: item, continuation: continuation))
        defer { state.isWriting = true }
        return !state.isWriting
      }
      switch begins {
      case nil:
        continuation.resume(
          returning: .failure(.unavailable("\(maximumWaiting) submissions wait to be written")))
      // Nobody's child: that its first caller is cancelled must not end what others wait for.
      case true?: Task { await self.writeAll(write) }
      case false?: break
      }
    }
    return try result.get()
  }

  /// Until nobody waits.
  private func writeAll(
    _ write: @Sendable ([Item]) async -> [Result<Outcome, StoreError>]
  ) async {
    while true {
      let group = state.withLock { state in
        let group = Array(state.waiters.prefix(groupSize))
        state.waiters.removeFirst(group.count)
        if group.isEmpty { state.isWriting = false }
        return group
      }
      if group.isEmpty { return }
      let outcomes = await write(group.map(\.item))
      precondition(outcomes.count == group.count, "an outcome for each")
      for (waiter, outcome) in zip(group, outcomes) {
        waiter.continuation.resume(returning: outcome)
      }
    }
  }
}

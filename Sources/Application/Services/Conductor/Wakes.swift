import Synchronization

/// A bell: whoever waits is woken by the next ring, or by one that rang since the last wait.
final class Wakes: Sendable {
  private struct State {
    var rung = false
    var sleeper: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func wake() {
    let sleeper = state.withLock { state in
      state.rung = state.sleeper == nil
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume()
  }

  /// Waits for the next ring, at most for a time. One waiter only.
  func wait(atMost limit: Duration) async {
    let timer = Task {
      try await Task.sleep(for: limit)
      wake()
    }
    await withCheckedContinuation { continuation in
      let rung = state.withLock { state in
        defer { state.rung = false }
        if !state.rung { state.sleeper = continuation }
        return state.rung
      }
      if rung { continuation.resume() }
    }
    timer.cancel()
  }
}

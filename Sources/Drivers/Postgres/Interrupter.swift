import CLibpq
import Synchronization
import Threads

/// Asks the server to end what one connection runs, over a connection of its own.
///
/// libpq's cancel object is a copy of what it needs and may be used by any thread (manual, 34.7).
@safe
final class Interrupter: Sendable {
  /// Owned: made by libpq, given back in deinit; nil until the connection is made.
  @safe
  private struct Target: @unchecked Sendable {
    var cancel: OpaquePointer?
  }

  private let target = Mutex(Target())

  /// Takes `cancel` over; once.
  @unsafe
  func take(_ cancel: OpaquePointer?) {
    let target = unsafe Target(cancel: cancel)
    self.target.withLock { $0 = target }
  }

  // Nobody else holds a reference, so nobody is inside a call.
  deinit { target.withLock { target in unsafe PQfreeCancel(target.cancel) } }

  /// Doesn't wait: asks on a thread of its own, since it connects. Without a thread to be had
  /// nothing happens, and the statement's own timeout ends it.
  func interrupt() {
    try? OwnThread.start(named: "postgres-cancel") { self.ask() }
  }

  private func ask() {
    target.withLock { target in
      var reason = [CChar](repeating: 0, count: 256)
      // The buffer has the length that is said, and is written within the call only. A failure
      // leaves the statement to its timeout.
      _ = unsafe reason.withUnsafeMutableBufferPointer { buffer in
        unsafe PQcancel(target.cancel, buffer.baseAddress, Int32(buffer.count))
      }
    }
  }
}

/// Whether the task behind a connection's transaction was cancelled, and what to interrupt then.
final class Interruption: Sendable {
  private struct State {
    var interrupter: Interrupter?
    var isRunning = false
    var isRaised = false
  }

  private let state = Mutex(State())

  /// The link that would be interrupted from now on.
  func aim(at interrupter: Interrupter) { state.withLock { $0.interrupter = interrupter } }

  func begin() {
    state.withLock { state in
      state.isRunning = true
      state.isRaised = false
    }
  }

  var isRaised: Bool { state.withLock { $0.isRaised } }

  /// Nothing is to be interrupted any more. True if something was: the server may still be about
  /// to hear of it, so the connection must not be used for anything else.
  func end() -> Bool {
    state.withLock { state in
      state.isRunning = false
      return state.isRaised
    }
  }

  /// Interrupts what runs, if something does.
  func raise() {
    let interrupter = state.withLock { state -> Interrupter? in
      guard state.isRunning else { return nil }
      state.isRaised = true
      return state.interrupter
    }
    interrupter?.interrupt()
  }
}

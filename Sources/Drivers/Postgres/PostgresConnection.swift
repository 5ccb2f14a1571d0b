import Threads

/// One connection to Postgres on a thread of its own, which it makes when it is first needed and
/// again after it broke.
///
/// A transaction is a closure that runs from BEGIN to COMMIT without giving up its thread, so
/// nothing can come between, neither another task nor a call to another system:
/// ```swift
/// static let hold = Statement("UPDATE account SET held = held + $1 WHERE id = $2 RETURNING held")
///
/// let mode = TransactionMode.serializable(retryLimit: 3)
/// let held = try await pool.transaction(mode) { tx throws(PostgresError) in
///   try tx.query(Self.hold, [.int64(250), .text("longscan")]).only().int64("held")
/// }
/// ```
/// (Without `throws(PostgresError)` the compiler takes the closure to throw anything.)
///
/// The closure may run more than once when `retryLimit` asks for it, so it must only talk to its
/// transaction. What it throws rolls back. See `PostgresError` for the outcomes; the two that
/// differ most: after `connectionLost` nothing happened, after `outcomeUnknown` the caller has to
/// look. When its task is cancelled before COMMIT was sent, a transaction is rolled back and throws
/// `cancelled`; a pool also ends the statement that runs in the server then.
///
/// Most callers want a `PostgresPool`, and a `PostgresListener` for NOTIFY.
package actor PostgresConnection {
  private let thread: ThreadExecutor
  private let configuration: PostgresConfiguration
  private let counter: PostgresCounter
  private let interruption = Interruption()
  private var session: Session?
  private var isClosed = false

  // The actor owns its executor, so the unowned reference lives as long as the actor.
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  /// Doesn't connect yet. Throws `unavailable` when the system has no thread left.
  package init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    try self.init(configuration, PostgresCounter())
  }

  init(
    _ configuration: PostgresConfiguration, _ counter: PostgresCounter
  ) throws(PostgresError) {
    self.configuration = configuration
    self.counter = counter
    do {
      thread = try ThreadExecutor(named: "postgres")
    } catch {
      throw .unavailable(reason: "\(error)")
    }
  }

  /// Runs `body` in a transaction and commits it.
  ///
  /// Throws what `body` throws, after rolling back; `server` or `timedOut` when COMMIT is refused;
  /// `connectionLost`, `outcomeUnknown` (never of a transaction that only reads) or `unavailable`.
  @discardableResult
  package func transaction<T: Sendable>(
    _ mode: TransactionMode = .readWrite,
    _ body: @Sendable (borrowing Transaction) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    var retriesLeft = mode.retryLimit
    while true {
      do {
        return try attempt(mode, body)
      } catch {
        let error = error == .timedOut && interruption.isRaised ? .cancelled : error
        counter.change { $0.rollbacks += 1 }
        guard error.isSerializationFailure, retriesLeft > 0 else {
          counter.change { $0.add(error) }
          throw error
        }
        counter.change { $0.addRetry(after: error) }
        retriesLeft -= 1
      }
    }
  }

  /// Ends the statement that the open transaction runs, if there is one, which then throws
  /// `cancelled`. Doesn't wait.
  package nonisolated func interrupt() { interruption.raise() }

  /// Runs a command that can't be in a transaction, such as CREATE DATABASE or VACUUM. When the
  /// connection breaks, its outcome is unknown.
  package func runOutsideTransaction(_ script: String) throws(PostgresError) {
    let session = try opened()
    defer { discardIfBroken() }
    try session.runAlone(script: script)
    precondition(session.isIdle, "a script outside of a transaction must not leave one open")
  }

  /// Closes the connection for good; idempotent.
  package func close() {
    session = nil
    isClosed = true
  }

  private func attempt<T>(
    _ mode: TransactionMode, _ body: (borrowing Transaction) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    let session = try opened()
    interruption.begin()
    defer {
      if interruption.end() { self.session = nil }
      discardIfBroken()
    }
    session.begin(mode)
    let result: T
    do {
      result = try body(Transaction(session))
    } catch {
      session.rollBack()
      throw error
    }
    if let failure = session.failure {
      session.rollBack()
      throw failure
    }
    if session.isAbandoned {
      session.rollBack()
      counter.change { $0.rollbacks += 1 }
      return result
    }
    do {
      try session.commit()
    } catch .outcomeUnknown(let reason) where mode.isReadOnly {
      throw .connectionLost(reason: reason)
    }
    counter.change { $0.commits += 1 }
    return result
  }

  private func opened() throws(PostgresError) -> Session {
    guard !isClosed else { throw .unavailable(reason: "the connection was closed") }
    if let session { return session }
    let fresh = try Session(configuration, counter, interruption)
    session = fresh
    return fresh
  }

  private func discardIfBroken() {
    if session?.isBroken == true { session = nil }
  }
}

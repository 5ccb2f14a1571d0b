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
/// look. Once begun, a transaction doesn't heed the cancellation of its task: it is bounded by the
/// timeouts of `PostgresConfiguration`.
///
/// Most callers want a `PostgresPool`, and a `PostgresListener` for NOTIFY.
package actor PostgresConnection {
  private let thread: ThreadExecutor
  private let configuration: PostgresConfiguration
  private var session: Session?
  private var isClosed = false

  // The actor owns its executor, so the unowned reference lives as long as the actor.
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  /// Doesn't connect yet. Throws `unavailable` when the system has no thread left.
  package init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    self.configuration = configuration
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
        guard error.isSerializationFailure, retriesLeft > 0 else { throw error }
        retriesLeft -= 1
      }
    }
  }

  /// Runs a command that can't be in a transaction, such as CREATE DATABASE or VACUUM. When the
  /// connection breaks, its outcome is unknown.
  package func runOutsideTransaction(_ script: String) throws(PostgresError) {
    let session = try begun { session throws(PostgresError) in try session.ping() }
    do {
      try session.runAlone(script: script)
    } catch {
      discardIfBroken()
      if case .connectionLost(let reason) = error { throw .outcomeUnknown(reason: reason) }
      throw error
    }
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
    let session = try begun { session throws(PostgresError) in try session.begin(mode) }
    defer { discardIfBroken() }
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
      return result
    }
    do {
      try session.commit()
    } catch .outcomeUnknown(let reason) where mode.isReadOnly {
      throw .connectionLost(reason: reason)
    }
    return result
  }

  /// A session on which `begin` has succeeded. A connection that broke while it stood idle is
  /// replaced, once: nothing was asked of it yet.
  private func begun(
    _ begin: (Session) throws(PostgresError) -> Void
  ) throws(PostgresError) -> Session {
    guard !isClosed else { throw .unavailable(reason: "the connection was closed") }
    if let session {
      do {
        try begin(session)
        return session
      } catch .connectionLost {
        self.session = nil
      }
    }
    let fresh = try Session(configuration)
    do {
      try begin(fresh)
    } catch .connectionLost(let reason) {
      throw .unavailable(reason: reason)
    }
    session = fresh
    return fresh
  }

  private func discardIfBroken() {
    if session?.isBroken == true { session = nil }
  }
}

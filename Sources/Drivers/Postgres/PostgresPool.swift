import Synchronization

/// A few connections that many tasks share, first come, first served.
///
/// A connection is made when it is first needed and replaced at its next use after it broke, so a
/// pool outlives restarts of its server. More than a handful gain nothing: Postgres does as much
/// work at once as it has cores.
package final class PostgresPool: Sendable {
  private struct Waiter {
    let id: UInt64
    let continuation: CheckedContinuation<Result<PostgresConnection, PostgresError>, Never>
  }

  private struct State {
    /// The last one used is used next, so that quiet times need few connections.
    var idle: [PostgresConnection]
    var busyCount = 0
    var waiters: [Waiter] = []
    var nextID: UInt64 = 0
    var isClosed = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// How much is going on, for metrics.
  package struct Load: Sendable, Equatable {
    /// Connections in use.
    package let busyCount: Int
    /// Tasks that wait for one.
    package let waitingCount: Int
  }

  private let state: Mutex<State>
  private let counter = PostgresCounter()
  private let maximumWaiting: Int

  /// Starts the threads but doesn't connect yet. Throws `unavailable` when the system has no
  /// thread left.
  ///
  /// - Parameters:
  ///   - size: connections, 1 or more.
  ///   - maximumWaiting: so many tasks may wait; one more is refused as `unavailable`.
  package init(
    _ configuration: PostgresConfiguration, size: Int = 4, maximumWaiting: Int = 1_000
  ) throws(PostgresError) {
    precondition(size >= 1, "a pool of \(size)")
    self.maximumWaiting = maximumWaiting
    var connections: [PostgresConnection] = []
    for _ in 0..<size { connections.append(try PostgresConnection(configuration, counter)) }
    state = Mutex(State(idle: connections))
  }

  package var load: Load {
    state.withLock { Load(busyCount: $0.busyCount, waitingCount: $0.waiters.count) }
  }

  /// What has happened so far.
  package var counts: PostgresCounts { counter.current }

  /// Runs `body` in a transaction on the next free connection: see `PostgresConnection`.
  ///
  /// Throws as `PostgresConnection.transaction`, and `cancelled` when the task is cancelled while
  /// it waits. A statement that runs when the task is cancelled is ended in the server.
  @discardableResult
  package func transaction<T: Sendable>(
    _ mode: TransactionMode = .readWrite,
    _ body: @Sendable (borrowing Transaction) throws(PostgresError) -> T
  ) async throws(PostgresError) -> T {
    let connection = try await checkOut()
    let result = await withTaskCancellationHandler {
      do throws(PostgresError) {
        return Result<T, PostgresError>.success(try await connection.transaction(mode, body))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      connection.interrupt()
    }
    await checkIn(connection)
    return try result.get()
  }

  /// Runs a command that can't be in a transaction: see `PostgresConnection`.
  package func runOutsideTransaction(_ script: String) async throws(PostgresError) {
    let connection = try await checkOut()
    let result: Result<Void, PostgresError>
    do {
      result = .success(try await connection.runOutsideTransaction(script))
    } catch {
      result = .failure(error)
    }
    await checkIn(connection)
    try result.get()
  }

  /// Refuses those who wait, lets what has begun end, and closes all connections.
  package func close() async {
    let (waiters, idle) = state.withLock { state in
      state.isClosed = true
      defer {
        state.waiters = []
        state.idle = []
      }
      return (state.waiters, state.idle)
    }
    for waiter in waiters { waiter.continuation.resume(returning: .failure(Self.closed)) }
    for connection in idle { await connection.close() }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.busyCount > 0 { state.closers.append(continuation) }
        return state.busyCount == 0
      }
      if isDone { continuation.resume() }
    }
  }

  private static let closed = PostgresError.unavailable(reason: "the pool was closed")

  private func checkOut() async throws(PostgresError) -> PostgresConnection {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waiter = Waiter(id: id, continuation: continuation)
        if let outcome = take(orEnqueue: waiter) { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
      }
      waiter?.continuation.resume(returning: .failure(.cancelled))
    }
    return try outcome.get()
  }

  /// A free connection or a refusal; nil when the waiter was enqueued.
  private func take(orEnqueue waiter: Waiter) -> Result<PostgresConnection, PostgresError>? {
    state.withLock { state in
      if state.isClosed { return .failure(Self.closed) }
      // A cancellation before this found no waiter to remove; one after it will.
      if Task.isCancelled { return .failure(.cancelled) }
      if let connection = state.idle.popLast() {
        state.busyCount += 1
        return .success(connection)
      }
      if state.waiters.count >= maximumWaiting {
        return .failure(.unavailable(reason: "\(maximumWaiting) tasks wait for a connection"))
      }
      state.waiters.append(waiter)
      return nil
    }
  }

  private func checkIn(_ connection: PostgresConnection) async {
    let (next, isClosed) = state.withLock { state -> (Waiter?, Bool) in
      if state.isClosed { return (nil, true) }
      if state.waiters.isEmpty {
        state.busyCount -= 1
        state.idle.append(connection)
        return (nil, false)
      }
      return (state.waiters.removeFirst(), false)
    }
    next?.continuation.resume(returning: .success(connection))
    guard isClosed else { return }
    await connection.close()
    let closers = state.withLock { state in
      state.busyCount -= 1
      guard state.busyCount == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
  }
}

import Synchronization

/// What has happened on the connections of a pool since it was made, for metrics and tests.
package struct PostgresCounts: Sendable, Equatable {
  /// Transactions whose COMMIT the server confirmed.
  package var commits = 0
  /// Transactions that ended otherwise, those that were abandoned included.
  package var rollbacks = 0
  /// Transactions that were tried again because another was first (40001).
  package var serializationRetries = 0
  /// Transactions that were tried again because two waited for each other (40P01).
  package var deadlockRetries = 0
  /// Statements that ran over their time (57014).
  package var statementTimeouts = 0
  /// Statements that waited too long for a lock (55P03).
  package var lockTimeouts = 0
  /// Transactions that ended because their task was cancelled.
  package var cancellations = 0
  /// Connections made, the first ones included.
  package var connects = 0
  /// Connections that broke and were replaced while they stood idle, unnoticed by their user.
  package var replacements = 0
  /// Transactions that lost their connection: nothing happened.
  package var lostConnections = 0
  /// COMMITs whose answer was lost.
  package var unknownOutcomes = 0

  package init() {}

  mutating func addRetry(after error: PostgresError) {
    if error.sqlState == "40P01" { deadlockRetries += 1 } else { serializationRetries += 1 }
  }

  mutating func add(_ error: PostgresError) {
    switch error {
    case .timedOut: statementTimeouts += 1
    case .server where error.isLockNotAvailable: lockTimeouts += 1
    case .cancelled: cancellations += 1
    case .connectionLost: lostConnections += 1
    case .outcomeUnknown: unknownOutcomes += 1
    case .server, .unavailable, .encoding, .decoding: break
    }
  }
}

/// The counts that the connections of a pool share.
final class PostgresCounter: Sendable {
  private let counts = Mutex(PostgresCounts())

  var current: PostgresCounts { counts.withLock { $0 } }

  /// Counts a connection that was made; its number.
  func connected() -> Int {
    counts.withLock { counts in
      counts.connects += 1
      return counts.connects
    }
  }

  func change(_ change: (inout PostgresCounts) -> Void) { counts.withLock { change(&$0) } }
}

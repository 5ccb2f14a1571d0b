/// What can go wrong with Postgres, told apart where a caller can react.
///
/// No text in it quotes a parameter's value.
package enum PostgresError: Error, Sendable, Equatable {
  /// The server refused a statement; the transaction was rolled back.
  case server(Diagnostics)
  /// The statement ran longer than its timeout, or an operator ended it; rolled back.
  case timedOut
  /// The connection broke before COMMIT was sent: nothing happened. Try again.
  case connectionLost(reason: String)
  /// The connection broke while COMMIT was under way: it happened, or it did not. Look before
  /// trying again.
  case outcomeUnknown(reason: String)
  /// No connection could be had: the server is down, refuses us, or the pool is full or closed.
  /// Nothing happened.
  case unavailable(reason: String)
  /// The task was cancelled before COMMIT was sent. Nothing happened.
  case cancelled
  /// A parameter doesn't fit the type that the statement wants there; nothing was sent.
  case encoding(String)
  /// A result doesn't have the column, type or number of rows that the caller asked for.
  case decoding(String)
}

/// What the server says about a statement that it refused.
package struct Diagnostics: Sendable, Equatable {
  /// Five characters: see appendix A of Postgres's manual.
  package let sqlState: String
  /// The primary message; of class 22 (data exceptions), which quotes values, only its class.
  package let message: String
  package let constraint: String?
  package let table: String?
  package let column: String?
  /// Which set of parameters of a batch was refused, from zero.
  package var batchIndex: Int?

  package init(
    sqlState: String, message: String, constraint: String? = nil, table: String? = nil,
    column: String? = nil, batchIndex: Int? = nil
  ) {
    self.sqlState = sqlState
    self.message =
      sqlState.hasPrefix("22") ? "a value does not fit (the text may quote it)" : message
    self.constraint = constraint
    self.table = table
    self.column = column
    self.batchIndex = batchIndex
  }
}

extension PostgresError {
  /// The five characters of the server's refusal, or nil when it was not the server's.
  package var sqlState: String? {
    if case .server(let diagnostics) = self { diagnostics.sqlState } else { nil }
  }

  /// The constraint that was violated, where the server names one.
  package var constraint: String? {
    if case .server(let diagnostics) = self { diagnostics.constraint } else { nil }
  }

  /// 23505: a row with that key exists.
  package var isUniqueViolation: Bool { sqlState == "23505" }
  /// 23503: a row that is referred to does not exist, or one that refers still does.
  package var isForeignKeyViolation: Bool { sqlState == "23503" }
  /// 23514: a CHECK, or a trigger that raises `check_violation`.
  package var isCheckViolation: Bool { sqlState == "23514" }
  /// 40001 or 40P01: another transaction was first; the same transaction may pass if tried again.
  package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
  /// 55P03: NOWAIT, or the lock timeout.
  package var isLockNotAvailable: Bool { sqlState == "55P03" }
}

extension PostgresError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .server(let diagnostics): "Postgres refused: \(diagnostics)"
    case .timedOut: "Postgres: the statement ran over its time and was cancelled"
    case .connectionLost(let reason): "the connection to Postgres was lost: \(reason)"
    case .outcomeUnknown(let reason):
      "the connection to Postgres was lost during COMMIT, its outcome is unknown: \(reason)"
    case .unavailable(let reason): "Postgres is unavailable: \(reason)"
    case .cancelled: "the task was cancelled before Postgres was told to commit"
    case .encoding(let what): "a parameter does not fit its statement: \(what)"
    case .decoding(let what): "a result is not what was asked for: \(what)"
    }
  }
}

extension Diagnostics: CustomStringConvertible {
  package var description: String {
    var text = "\(message) [\(sqlState)]"
    if let constraint { text += ", constraint \(constraint)" }
    if let table { text += ", table \(table)" }
    if let column { text += ", column \(column)" }
    if let batchIndex { text += ", row \(batchIndex) of the batch" }
    return text
  }
}

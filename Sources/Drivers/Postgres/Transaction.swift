/// How a transaction sees others, and whether it writes.
package struct TransactionMode: Sendable {
  package enum Isolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
  }

  package var isolation: Isolation
  package var isReadOnly: Bool
  /// How often it is tried again, from its beginning, after a serialization failure or deadlock.
  package var retryLimit: Int
  /// For one statement, held by the server, in place of that of the connection; 0 for ever.
  package var statementTimeoutMilliseconds: Int64?

  package init(
    isolation: Isolation = .readCommitted, isReadOnly: Bool = false, retryLimit: Int = 0,
    statementTimeoutMilliseconds: Int64? = nil
  ) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.retryLimit = retryLimit
    self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
  }

  /// READ COMMITTED, which writes, tried once.
  package static let readWrite = TransactionMode()
  /// REPEATABLE READ, which only reads: all its statements see one instant.
  package static let snapshot = TransactionMode(isolation: .repeatableRead, isReadOnly: true)
  /// SERIALIZABLE, which writes.
  package static func serializable(retryLimit: Int) -> TransactionMode {
    TransactionMode(isolation: .serializable, retryLimit: retryLimit)
  }

  /// What goes before the first statement.
  var opening: [Statement] {
    let begin = "BEGIN ISOLATION LEVEL \(isolation.rawValue) READ \(isReadOnly ? "ONLY" : "WRITE")"
    guard let timeout = statementTimeoutMilliseconds else { return [Statement(begin)] }
    return [Statement(begin), Statement("SET LOCAL statement_timeout = \(timeout)")]
  }
}

/// An open transaction, lent to a closure; it can't outlive it.
///
/// After a statement was refused each further one throws the same error, and the transaction is
/// rolled back even if its closure returns.
package struct Transaction: ~Copyable {
  private let session: Session

  init(_ session: Session) { self.session = session }

  /// Which of its pool's connections it is on: they are numbered as they are made, from one. A
  /// connection that broke and was replaced has another.
  package var connectionNumber: Int { session.connectionNumber }

  /// Runs a statement; its rows.
  package borrowing func query(
    _ statement: Statement, _ values: [Value] = []
  ) throws(PostgresError) -> Rows {
    try session.query(statement, values)
  }

  /// Runs a statement; how many rows it changed.
  @discardableResult
  package borrowing func execute(
    _ statement: Statement, _ values: [Value] = []
  ) throws(PostgresError) -> Int {
    try session.query(statement, values).affectedRows
  }

  /// Runs several statements in one round trip; the rows of each.
  package borrowing func queries(
    _ statements: [(Statement, [Value])]
  ) throws(PostgresError) -> [Rows] {
    try session.query(statements.map { Step($0.0, $0.1) })
  }

  /// Has a statement run with the next one that is asked for, or with COMMIT, without a round
  /// trip of its own. Its refusal comes from there, and nothing that follows it is run.
  package borrowing func later(
    _ statement: Statement, _ values: [Value] = []
  ) throws(PostgresError) {
    try session.later([Step(statement, values)])
  }

  /// As `later(_:_:)`, once for each set of parameters.
  package borrowing func later(
    _ statement: Statement, sets: [[Value]]
  ) throws(PostgresError) {
    try session.later(sets.map { Step(statement, $0) })
  }

  /// Runs a statement once for each set of parameters, pipelined; how many rows each changed.
  /// A refusal says which set it was; those after it were not run.
  @discardableResult
  package borrowing func batch(
    _ statement: Statement, _ sets: [[Value]]
  ) throws(PostgresError) -> [Int] {
    try session.batch(statement, sets)
  }

  /// Runs one or several statements without parameters, such as a migration. They must not end
  /// the transaction, which traps at COMMIT.
  package borrowing func run(script: String) throws(PostgresError) {
    try session.run(script: script)
  }

  /// Has the transaction rolled back once its closure returns; the closure's result stands.
  package borrowing func abandon() { session.isAbandoned = true }

  /// It will be rolled back although nothing failed.
  package var isAbandoned: Bool { session.isAbandoned }
}

import CLibpq

/// A connection's link with the statements it has prepared and the state of its transaction.
/// It is confined to its `PostgresConnection`'s thread.
final class Session {
  /// What is known of a statement once the server has prepared it.
  struct Prepared {
    let name: String
    let parameterTypes: [UInt32]
    let columns: Columns
  }

  /// So many names a connection gives out; after that, what isn't known is prepared at each use.
  private static let maximumPrepared = 1000
  /// So many executions are on their way before their answers are read.
  private static let pipelineDepth = 512

  private let link: Link
  private var prepared: [String: Prepared] = [:]
  /// Names are never used twice: a name whose PREPARE failed may or may not exist.
  private var nextName = 0

  /// The first failure within the open transaction, which can't be committed any more.
  private(set) var failure: PostgresError?
  /// The open transaction is to be rolled back although its closure returned.
  var isAbandoned = false

  init(_ configuration: PostgresConfiguration) throws(PostgresError) {
    link = try Link(configuration)
  }

  var isBroken: Bool { link.failure != nil }

  // MARK: Transactions

  func begin(_ mode: TransactionMode) throws(PostgresError) {
    failure = nil
    isAbandoned = false
    _ = try link.run(script: mode.begin)
  }

  /// Throws `connectionLost`, `outcomeUnknown`, or the server's refusal, after which the
  /// transaction is rolled back.
  func commit() throws(PostgresError) {
    precondition(link.isInTransaction, "a script must not end its transaction")
    let tag = try link.commit()
    guard tag == "COMMIT" else {
      throw link.broken("the server answered \(tag) to COMMIT")
    }
  }

  /// Rolls back; when that fails the connection is given up, which rolls back as well.
  func rollBack() {
    guard !isBroken else { return }
    do {
      _ = try link.run(script: "ROLLBACK")
    } catch {
      _ = link.broken("ROLLBACK failed: \(error)")
    }
  }

  // MARK: Statements

  func query(_ statement: Statement, _ values: [Value]) throws(PostgresError) -> Rows {
    try noting { () throws(PostgresError) in
      let prepared = try prepare(statement)
      let parameters = try Parameters(values, types: prepared.parameterTypes)
      do throws(PostgresError) {
        try link.send(prepared.name, parameters)
        guard let result = try link.lastResult() else {
          throw link.broken("a statement has no result")
        }
        return Rows(result, columns: prepared.columns)
      } catch {
        forget(statement, after: error)
        throw error
      }
    }
  }

  func batch(_ statement: Statement, _ sets: [[Value]]) throws(PostgresError) -> [Int] {
    try noting { () throws(PostgresError) in
      let prepared = try prepare(statement)
      var affected: [Int] = []
      affected.reserveCapacity(sets.count)
      var rest = sets[...]
      while !rest.isEmpty {
        let chunk = rest.prefix(Self.pipelineDepth)
        rest = rest.dropFirst(chunk.count)
        do throws(PostgresError) {
          try pipeline(prepared, chunk, &affected)
        } catch {
          forget(statement, after: error)
          throw error
        }
      }
      return affected
    }
  }

  /// Sends a chunk of a batch and reads all its answers.
  private func pipeline(
    _ prepared: Prepared, _ chunk: ArraySlice<[Value]>, _ affected: inout [Int]
  ) throws(PostgresError) {
    // All are encoded before the first is sent, so that one that can't be leaves nothing behind.
    var encoded: [Parameters] = []
    encoded.reserveCapacity(chunk.count)
    for values in chunk {
      encoded.append(try Parameters(values, types: prepared.parameterTypes))
    }
    try link.enterPipeline()
    for parameters in encoded { try link.send(prepared.name, parameters) }
    try link.sync()
    var refusal: PostgresError?
    for index in chunk.indices {
      // Each execution gives one result and an end mark.
      while let result = try link.nextResult() {
        if let error = try link.error(in: result) {
          refusal = refusal ?? error.at(batchIndex: index)
        } else {
          affected.append(result.affectedRows)
        }
      }
    }
    guard let mark = try link.nextResult(), mark.status == PGRES_PIPELINE_SYNC
    else { throw link.broken("a pipeline without its end") }
    try link.exitPipeline()
    if let refusal { throw refusal }
  }

  func run(script: String) throws(PostgresError) {
    try noting { () throws(PostgresError) in
      _ = try link.run(script: script)
    }
  }

  /// Asks for a sign of life.
  func ping() throws(PostgresError) { _ = try link.run(script: "") }

  /// Runs statements outside of a transaction.
  func runAlone(script: String) throws(PostgresError) {
    _ = try link.run(script: script)
  }

  /// Whether no transaction is open.
  var isIdle: Bool { link.isIdle }

  // MARK: Prepared statements

  private func prepare(_ statement: Statement) throws(PostgresError) -> Prepared {
    if let known = prepared[statement.sql] { return known }
    let isKept = nextName < Self.maximumPrepared
    // The statement without a name is replaced by the next one without.
    let name = isKept ? "s\(nextName)" : ""
    if isKept { nextName += 1 }
    let description = try link.prepare(statement.sql, name: name)
    let made = Prepared(
      name: name, parameterTypes: description.parameterTypes, columns: Columns(description))
    if isKept { prepared[statement.sql] = made }
    return made
  }

  /// Drops a statement that the server no longer has, or whose columns have changed under it.
  private func forget(_ statement: Statement, after error: PostgresError) {
    guard let state = error.sqlState, state == "26000" || state == "0A000" else { return }
    prepared[statement.sql] = nil
  }

  /// Remembers what makes COMMIT impossible. A parameter that can't be encoded was never sent.
  private func noting<T>(_ work: () throws(PostgresError) -> T) throws(PostgresError) -> T {
    if let failure { throw failure }
    do {
      return try work()
    } catch {
      switch error {
      case .encoding, .decoding: break
      default: failure = error
      }
      throw error
    }
  }
}

extension PostgresError {
  fileprivate func at(batchIndex: Int) -> PostgresError {
    guard case .server(var diagnostics) = self else { return self }
    diagnostics.batchIndex = batchIndex
    return .server(diagnostics)
  }
}

import CLibpq

/// A connection's link with the statements it has prepared and the state of its transaction.
/// It is confined to its `PostgresConnection`'s thread.
///
/// BEGIN, and statements whose rows nobody asked for yet, wait here and travel with the next
/// statement that is asked for, or with COMMIT: so a transaction costs as many round trips as it
/// has questions, and one more.
final class Session {
  /// What is known of a statement once the server has prepared it.
  struct Prepared {
    let name: String
    let parameterTypes: [UInt32]
    let columns: Columns
  }

  /// So many statements a connection keeps prepared; beyond it all are dropped and made anew.
  private static let maximumPrepared = 1000
  /// So many executions are on their way before their answers are read.
  static let pipelineDepth = 512

  private let configuration: PostgresConfiguration
  private let counter: PostgresCounter
  let interruption: Interruption
  private(set) var link: Link
  /// Of the link, among those of its counter.
  private(set) var connectionNumber: Int
  private var prepared: [String: Prepared] = [:]
  /// Names are never used twice: a name whose PREPARE failed may or may not exist.
  private var nextName = 0
  /// Grows when all prepared statements are gone, so that steps made before are made anew.
  private(set) var generation = 0

  /// What travels with the next exchange: what opens the transaction first, unless it went.
  private var waiting: [Step] = []
  /// So many of these open it.
  private var openingCount = 0
  /// Of the open transaction; nil for that of the configuration.
  private var statementTimeout: Int64?
  /// BEGIN went.
  private var isBegun = false
  /// A transaction has used this link before: it may have broken since.
  private var isUsed = false
  /// The first failure within the open transaction, which can't be committed any more.
  private(set) var failure: PostgresError?
  /// The open transaction is to be rolled back although its closure returned.
  var isAbandoned = false

  init(
    _ configuration: PostgresConfiguration, _ counter: PostgresCounter,
    _ interruption: Interruption
  ) throws(PostgresError) {
    self.configuration = configuration
    self.counter = counter
    self.interruption = interruption
    (link, connectionNumber) = try Self.connected(configuration, counter, interruption)
  }

  private static func connected(
    _ configuration: PostgresConfiguration, _ counter: PostgresCounter,
    _ interruption: Interruption
  ) throws(PostgresError) -> (Link, Int) {
    let link = try Link(configuration)
    let number = counter.connected()
    interruption.aim(at: link.interrupter)
    return (link, number)
  }

  var isBroken: Bool { link.failure != nil }

  // MARK: Transactions

  /// Nothing is sent yet.
  func begin(_ mode: TransactionMode) {
    failure = nil
    isAbandoned = false
    isBegun = false
    waiting = mode.opening.map { Step($0, []) }
    openingCount = waiting.count
    statementTimeout = mode.statementTimeoutMilliseconds
    link.expect(statementTimeout: statementTimeout)
  }

  /// Throws `connectionLost`, `outcomeUnknown`, `cancelled`, or the server's refusal, after which
  /// the transaction is rolled back.
  func commit() throws(PostgresError) {
    // Of a transaction that asked for nothing the server never hears.
    guard isBegun || waiting.count > openingCount else { return waiting = [] }
    do throws(PostgresError) {
      // Apart from COMMIT, because this may be tried again on another connection.
      if !isBegun { _ = try exchange([]) }
      if Task.isCancelled { throw .cancelled }
      precondition(link.isInTransaction, "a script must not end its transaction")
      // First, since preparing it sends what waits.
      let end = try ready(Step(Self.commit, []))
      let steps = waiting
      waiting = []
      let tag = try finish(steps, end)
      guard tag == "COMMIT" else { throw link.broken("the server answered \(tag) to COMMIT") }
    } catch {
      rollBack()
      throw error
    }
  }

  /// What the server did, `COMMIT` or `ROLLBACK`.
  private func finish(_ steps: [Step], _ end: Step) throws(PostgresError) -> String {
    var awaited = 0
    do throws(PostgresError) {
      return try link.send(steps + [end], awaited: &awaited).last?.commandTag ?? ""
    } catch {
      guard case .connectionLost(let reason) = error else { throw error }
      // The server says goodbye before the answer to COMMIT: it didn't come to it.
      let announced = link.announcedState
      if announced == "25P03" || (announced != nil && awaited < steps.count) { throw error }
      throw .outcomeUnknown(reason: reason)
    }
  }

  private static let commit = Statement("COMMIT")

  /// Rolls back; when that fails the connection is given up, which rolls back as well.
  func rollBack() {
    waiting = []
    guard !isBroken, !link.isIdle else { return }
    do {
      _ = try link.run(script: "ROLLBACK")
    } catch {
      _ = link.broken("ROLLBACK failed: \(error)")
    }
  }

  // MARK: Statements

  /// Runs each step, in one round trip; what each gave.
  func query(_ steps: [Step]) throws(PostgresError) -> [Rows] {
    try noting { () throws(PostgresError) in
      let made = try ready(steps)
      let results = try exchange(made)
      var rows: [Rows] = []
      rows.reserveCapacity(results.count)
      for (step, result) in zip(made, results) {
        guard let columns = step.columns else { throw link.broken("a statement has no result") }
        rows.append(Rows(result, columns: columns))
      }
      return rows
    }
  }

  func query(_ statement: Statement, _ values: [Value]) throws(PostgresError) -> Rows {
    guard let rows = try query([Step(statement, values)]).first else {
      throw link.broken("a statement has no result")
    }
    return rows
  }

  /// Has a statement travel with the next one that is asked for.
  func later(_ steps: [Step]) throws(PostgresError) {
    try noting { () throws(PostgresError) in
      waiting += try ready(steps)
      if waiting.count >= Self.pipelineDepth { _ = try exchange([]) }
    }
  }

  func batch(_ statement: Statement, _ sets: [[Value]]) throws(PostgresError) -> [Int] {
    try noting { () throws(PostgresError) in
      var affected: [Int] = []
      affected.reserveCapacity(sets.count)
      var rest = sets[...]
      while !rest.isEmpty {
        let chunk = rest.prefix(Self.pipelineDepth)
        rest = rest.dropFirst(chunk.count)
        let steps = zip(chunk.indices, chunk).map { Step(statement, $1, batchIndex: $0) }
        // All are encoded before the first is sent, so that one that can't be leaves nothing.
        affected += try exchange(try ready(steps)).map(\.affectedRows)
      }
      return affected
    }
  }

  func run(script: String) throws(PostgresError) {
    try noting { () throws(PostgresError) in
      if !waiting.isEmpty { _ = try exchange([]) }
      if Task.isCancelled { throw .cancelled }
      _ = try link.run(script: script)
    }
  }

  /// Runs statements outside of a transaction, on a connection that is found alive first.
  func runAlone(script: String) throws(PostgresError) {
    statementTimeout = nil
    link.expect(statementTimeout: nil)
    do throws(PostgresError) {
      _ = try link.run(script: "")
    } catch {
      guard case .connectionLost = error, isUsed else { throw error }
      try reconnect()
    }
    isUsed = true
    do throws(PostgresError) {
      _ = try link.run(script: script)
    } catch {
      if case .connectionLost(let reason) = error { throw .outcomeUnknown(reason: reason) }
      throw error
    }
  }

  /// Whether no transaction is open.
  var isIdle: Bool { link.isIdle }

  // MARK: Exchanges

  /// Sends what waits and `steps` in one go; the results of `steps`.
  ///
  /// A connection that broke while it stood idle is replaced, once: what its transaction asks for
  /// first is not committed by it, so it may be asked for again.
  private func exchange(_ steps: [Step]) throws(PostgresError) -> [ResultStorage] {
    if Task.isCancelled { throw .cancelled }
    let isFirst = !isBegun
    let before = waiting
    waiting = []
    isBegun = true
    do throws(PostgresError) {
      return try send(before, steps)
    } catch {
      guard case .connectionLost = error, isFirst, isUsed else { throw error }
      try reconnect()
      return try send(before, steps)
    }
  }

  private func send(
    _ before: [Step], _ steps: [Step]
  ) throws(PostgresError) -> [ResultStorage] {
    defer { isUsed = true }
    let all = try ready(before + steps)
    var awaited = 0
    do throws(PostgresError) {
      return Array(try link.send(all, awaited: &awaited).dropFirst(before.count))
    } catch {
      if all.indices.contains(awaited) { forget(all[awaited].statement, after: error) }
      throw error
    }
  }

  private func reconnect() throws(PostgresError) {
    counter.change { $0.replacements += 1 }
    (link, connectionNumber) = try Self.connected(configuration, counter, interruption)
    link.expect(statementTimeout: statementTimeout)
    dropPrepared()
    isUsed = false
  }

  // MARK: Prepared statements

  /// The steps, prepared and encoded for the link as it is.
  private func ready(_ steps: [Step]) throws(PostgresError) -> [Step] {
    var made = steps
    while true {
      let generation = self.generation
      for index in made.indices where made[index].generation != generation {
        made[index] = try ready(made[index])
      }
      // Preparing one may have cost the others theirs.
      if generation == self.generation { return made }
    }
  }

  private func ready(_ step: Step) throws(PostgresError) -> Step {
    guard step.generation != generation else { return step }
    let prepared = try prepare(step.statement)
    return try step.encoded(for: prepared, generation: generation)
  }

  private func prepare(_ statement: Statement) throws(PostgresError) -> Prepared {
    if let known = prepared[statement.sql] { return known }
    // What waits may make what this one is about.
    if waiting.count > (isBegun ? 0 : openingCount) { _ = try exchange([]) }
    if prepared.count >= Self.maximumPrepared {
      _ = try link.run(script: "DEALLOCATE ALL")
      dropPrepared()
    }
    let name = "s\(nextName)"
    nextName += 1
    let description: ResultStorage
    do throws(PostgresError) {
      description = try link.prepare(statement.sql, name: name)
    } catch {
      guard case .connectionLost = error, !isBegun, isUsed else { throw error }
      // Nothing of the transaction went out yet.
      try reconnect()
      description = try link.prepare(statement.sql, name: name)
    }
    let made = Prepared(
      name: name, parameterTypes: description.parameterTypes, columns: Columns(description))
    prepared[statement.sql] = made
    return made
  }

  private func dropPrepared() {
    prepared = [:]
    generation += 1
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

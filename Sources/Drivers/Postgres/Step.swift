import CLibpq

/// One execution of a statement that is to be sent.
struct Step {
  let statement: Statement
  private let values: [Value]
  /// Which set of a batch it is, from zero.
  let batchIndex: Int?
  /// For which preparation of its link it was encoded; nil before it was.
  private(set) var generation: Int?
  private(set) var name = ""
  private(set) var parameters: Parameters?
  private(set) var columns: Columns?

  init(_ statement: Statement, _ values: [Value], batchIndex: Int? = nil) {
    self.statement = statement
    self.values = values
    self.batchIndex = batchIndex
  }

  /// Throws `encoding`.
  func encoded(
    for prepared: Session.Prepared, generation: Int
  ) throws(PostgresError) -> Step {
    var step = self
    step.generation = generation
    step.name = prepared.name
    step.columns = prepared.columns
    step.parameters = try Parameters(values, types: prepared.parameterTypes)
    return step
  }
}

extension Link {
  /// Sends steps that are prepared here, in one round trip, and reads all their results. Throws
  /// the first refusal; the steps after it were not run. `awaited` is the first step whose result
  /// has not come or was a refusal.
  func send(_ steps: [Step], awaited: inout Int) throws(PostgresError) -> [ResultStorage] {
    awaited = 0
    if steps.count == 1, let step = steps.first {
      try send(step)
      do throws(PostgresError) {
        guard let result = try lastResult() else { throw broken("a statement has no result") }
        return [result]
      } catch {
        throw error.at(batchIndex: step.batchIndex)
      }
    }
    return try pipeline(steps, &awaited)
  }

  private func send(_ step: Step) throws(PostgresError) {
    guard let parameters = step.parameters else { throw broken("a step was not prepared") }
    try send(step.name, parameters)
  }

  private func pipeline(
    _ steps: [Step], _ awaited: inout Int
  ) throws(PostgresError) -> [ResultStorage] {
    guard !steps.isEmpty else { return [] }
    var results: [ResultStorage] = []
    results.reserveCapacity(steps.count)
    try enterPipeline()
    for step in steps { try send(step) }
    try sync()
    var refusal: PostgresError?
    for step in steps {
      // Each execution gives one result and an end mark.
      while let result = try nextResult() {
        if let error = try error(in: result) {
          refusal = refusal ?? error.at(batchIndex: step.batchIndex)
        } else {
          results.append(result)
        }
      }
      if refusal == nil { awaited += 1 }
    }
    guard let mark = try nextResult(), mark.status == PGRES_PIPELINE_SYNC
    else { throw broken("a pipeline without its end") }
    try exitPipeline()
    if let refusal { throw refusal }
    guard results.count == steps.count else { throw broken("a statement has no result") }
    return results
  }
}

extension PostgresError {
  fileprivate func at(batchIndex: Int?) -> PostgresError {
    guard case .server(var diagnostics) = self else { return self }
    diagnostics.batchIndex = batchIndex
    return .server(diagnostics)
  }
}

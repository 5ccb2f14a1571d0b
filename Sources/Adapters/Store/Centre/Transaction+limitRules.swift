import Domain
import Postgres

/// Reads and writes the description of limits on what runs or waits at once.
extension Transaction {
  borrowing func describeLimits(_ next: Centre, _ old: Centre) throws(PostgresError) {
    let gone = old.limitRules.keys.filter { next.limitRules[$0] == nil }.sorted()
    try later(.removeLimit, sets: gone.map { [.id($0)] })
    let changed = next.limitRules.values.filter { old.limitRules[$0.id] != $0 }
      .sorted { $0.id < $1.id }
    try later(.saveLimit, sets: changed.map(\.columns))
  }

  borrowing func limitRules() throws(PostgresError) -> [LimitID: LimitRule] {
    var rules: [LimitID: LimitRule] = [:]
    for row in try query(.limits) {
      let id: LimitID = try row.identifier("id")
      var most: [LimitMeasure: Int64] = [:]
      for measure in LimitMeasure.ofRules {
        most[measure] = try row.optionalInt64(.name(measure.column))
      }
      rules[id] = LimitRule(
        id: id, scope: try row.text("scope") == "everybody" ? nil : try row.capScope(),
        each: try row.optionalText("each") == nil ? nil : try row.choice("each"), most: most)
    }
    return rules
  }
}

extension LimitMeasure {
  /// Of a rule.
  fileprivate var column: String {
    switch self {
    case .gpus: "most_gpus"
    case .running: "most_running"
    case .held: "most_held_gpu_ms"
    case .waiting, .licences: "most_waiting"
    }
  }
}

extension LimitRule {
  /// The parameters of `save_limit.sql`.
  fileprivate var columns: [Value] {
    [.id(id)] + (scope?.columns ?? [.text("everybody"), .null, .null, .null, .null])
      + LimitMeasure.ofRules.map { .optionalInt64(most[$0]) }
      + [.optionalText(each?.rawValue)]
  }
}

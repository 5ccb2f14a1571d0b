import Domain
import Postgres

/// Reads and writes the description of caps above allocations.
extension Transaction {
  /// Caps that count other runs than before are counted anew from the entries.
  borrowing func describeCaps(_ next: Centre, _ old: Centre) throws(PostgresError) {
    let before = Dictionary(uniqueKeysWithValues: old.allCapRules.map { ($0.id, $0) })
    let after = Dictionary(uniqueKeysWithValues: next.allCapRules.map { ($0.id, $0) })
    try later(.removeCap, sets: before.keys.filter { after[$0] == nil }.sorted().map { [.id($0)] })
    let changed = next.allCapRules.filter {
      before[$0.id] != $0 || (next.capRules[$0.id] == nil) != (old.capRules[$0.id] == nil)
    }
    try later(
      .saveCap, sets: changed.map { $0.columns(isDescribed: next.capRules[$0.id] != nil) })
    try later(
      .countCap,
      sets: changed.filter {
        before[$0.id]?.scope != $0.scope || before[$0.id]?.span != $0.span
      }.map { [.id($0.id)] })
  }

  borrowing func capRules() throws(PostgresError) -> [CapID: CapRule] {
    var rules: [CapID: CapRule] = [:]
    for row in try query(.caps) {
      let rule = try row.capRule()
      rules[rule.id] = rule
    }
    return rules
  }
}

extension CapRule {
  /// The parameters of `save_cap.sql`.
  fileprivate func columns(isDescribed: Bool) -> [Value] {
    var columns: [Value] = [.id(id), .bool(isDescribed)] + scope.columns
    switch limit {
    case .amount(let amount): columns += [.amount(amount), .null, .null]
    case .share(let funder, let points): columns += [.null, .id(funder), .integer(points)]
    }
    switch span {
    case .calendarYear: columns += [.null, .null]
    case .window(let window):
      columns += [.instant(window.lowerBound), .instant(window.upperBound)]
    }
    return columns + [.text(strength.rawValue)]
  }
}

extension CapScope {
  /// The columns `scope`, `member`, `project`, `programmes` and `funder`.
  var columns: [Value] {
    switch self {
    case .member(let member, let project):
      [.text("member"), .id(member), .id(project), .null, .null]
    case .project(let project): [.text("project"), .null, .id(project), .null, .null]
    case .programmes(let programmes):
      [.text("programmes"), .null, .null, .textArray(programmes.sorted().map(\.text)), .null]
    case .funder(let funder): [.text("funder"), .null, .null, .null, .id(funder)]
    case .commercial(let funder): [.text("commercial"), .null, .null, .null, .id(funder)]
    }
  }
}

extension Release {
  /// The column `burst_basis_points`.
  var burstColumn: Int64? {
    switch self {
    case .atOnce: nil
    case .monthly(let burst): Int64(burst)
    }
  }
}

extension Row {
  fileprivate func capRule() throws(PostgresError) -> CapRule {
    CapRule(
      id: try identifier("id"), scope: try capScope(), limit: try capLimit(),
      span: try optionalInstant("window_from") == nil ? .calendarYear : .window(try window()),
      strength: try choice("strength"))
  }

  /// Of the columns `scope`, `member`, `project`, `programmes` and `funder`.
  func capScope() throws(PostgresError) -> CapScope {
    switch try text("scope") {
    case "member": .member(try identifier("member"), try identifier("project"))
    case "project": .project(try identifier("project"))
    case "programmes": .programmes(Set(try identifiers("programmes")))
    case "funder": .funder(try identifier("funder"))
    case "commercial": .commercial(try identifier("funder"))
    default: throw .decoding("column scope is no scope of a cap")
    }
  }

  private func capLimit() throws(PostgresError) -> CapRule.Limit {
    if let amount = try optionalAmount("limit_gpu_ms") { return .amount(amount) }
    return .share(
      try identifier("share_funder"), basisPoints: try integer("share_basis_points"))
  }
}

import Domain
import Wire

/// Limits on what runs or waits at once.
extension ApplyPass {
  static let mostCount = 1_000_000_000

  mutating func readLimitRule(_ text: String, _ fields: inout FieldReader) {
    let id: LimitID? = id(text, .identifier(), &fields)
    let presence: Presence? = fields.optional("state", .choice(), default: .present)
    if presence == .absent {
      guard let id else { return }
      noteRemoval(.limit, text, of: context.centre.limitRules[id])
      next.limitRules[id] = nil
      return
    }
    let whose = readWhose(&fields)
    let each: LimitEach? = fields.optional("each", .choice())
    if let each, let scope = whose?.scope, each.isOne(of: scope) {
      fields.refuse("each", "the scope is one \(each.rawValue) already; leave one of them out")
    }
    var most: [LimitMeasure: Int64] = [:]
    let counted: [(LimitMeasure, String)] = [
      (.gpus, "gpus"), (.running, "running"), (.waiting, "queued"),
    ]
    for (measure, name) in counted {
      most[measure] = fields.optional("atMost.\(name)", .whole(0...Self.mostCount)).map {
        Int64($0)
      }
    }
    most[.held] = fields.optional("atMost.gpuTime", .amount(zero: true))?.milliseconds
    if most.isEmpty, fields.problems.isEmpty {
      fields.refuse(
        "atMost",
        "says how much may be there at once, one or more of: gpus, running, queued, gpuTime",
        absent: !fields.has("atMost"))
    }
    guard fields.problems.isEmpty, let id, let whose else { return }
    let rule = LimitRule(id: id, scope: whose.scope, each: each, most: most)
    note(.limit, text, before: context.centre.limitRules[id], after: rule)
    next.limitRules[id] = rule
  }
}

extension ApplyPass {
  private enum Whose {
    case everybody
    case part(CapScope)

    var scope: CapScope? { if case .part(let scope) = self { scope } else { nil } }
  }

  private mutating func readWhose(_ fields: inout FieldReader) -> Whose? {
    if fields.optional("scope.everybody", .flag) == true { return .everybody }
    return readScope(&fields, orElse: "; or everybody: true").map { .part($0) }
  }
}

extension LimitEach {
  /// True if it stands for no more than a scope does.
  fileprivate func isOne(of scope: CapScope) -> Bool {
    switch (self, scope) {
    case (.member, .member), (.project, .member), (.project, .project): true
    default: false
    }
  }
}

extension LimitRule: Canonical {
  var canonicalFields: [CanonicalField] {
    (scope?.canonicalFields ?? [CanonicalField("scope.everybody", "true")])
      + (each.map { [CanonicalField("each", $0.rawValue)] } ?? [])
      + LimitMeasure.ofRules.compactMap { measure in
        most[measure].map { count in
          switch measure {
          case .gpus: CanonicalField("atMost.gpus", "\(count)")
          case .running: CanonicalField("atMost.running", "\(count)")
          case .waiting, .licences: CanonicalField("atMost.queued", "\(count)")
          case .held:
            CanonicalField(
              "atMost.gpuTime", CanonicalText.amount(GPUTime(milliseconds: count)))
          }
        }
      }
  }
}

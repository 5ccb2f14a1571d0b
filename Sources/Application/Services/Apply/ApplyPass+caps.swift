import Domain
import Ledger
import Wire

/// Caps above allocations.
extension ApplyPass {
  mutating func readCap(_ text: String, _ fields: inout FieldReader) {
    let id: CapID? = id(text, .identifier(), &fields)
    let presence: Presence? = fields.optional("state", .choice(), default: .present)
    if presence == .absent {
      if let id { remove(id, text, &fields) }
      return
    }
    let scope = readScope(&fields)
    let limit = readLimit(scope, &fields)
    let span = readSpan(&fields)
    let strength: CapStrength? = fields.optional("strength", .choice(), default: .hard)
    guard fields.problems.isEmpty, let id, let scope, let limit, let span, let strength else {
      return
    }
    if let funder = next.funders.keys.first(where: { id.text == "commercial-\($0)" }),
      scope != .commercial(funder)
    {
      fields.refuse(
        "scope", "\(id) is the name of \(funder)'s cap on commercial use; choose another id")
      return
    }
    let rule = CapRule(id: id, scope: scope, limit: limit, span: span, strength: strength)
    note(.cap, text, before: context.centre.capRules[id], after: rule)
    next.capRules[id] = rule
  }

  /// Whether it is there. Leaving it out of the description leaves it alone, as with every kind, so
  /// that a part of a description can be applied; to remove it is said.
  enum Presence: String, CaseIterable {
    case present
    case absent
  }

  /// Saying it of a cap that is not there changes nothing, so that a description can keep saying it.
  private mutating func remove(_ id: CapID, _ text: String, _ fields: inout FieldReader) {
    if context.centre.capRules[id] == nil,
      let cap = context.centre.allCapRules.first(where: { $0.id == id }),
      case .commercial(let funder) = cap.scope
    {
      fields.refuse(
        "state", "\(id) follows from Funder \(funder); take its commercialCap out to remove it")
      return
    }
    noteRemoval(.cap, text, of: context.centre.capRules[id])
    next.capRules[id] = nil
  }

  /// - Parameter others: what else could be said, for the message where nothing is.
  mutating func readScope(
    _ fields: inout FieldReader, orElse others: String = ""
  ) -> CapScope? {
    let member = reference("scope.member", .member, next.members, optional: true, &fields)
    let project = reference("scope.project", .project, next.projects, optional: true, &fields)
    let funder = reference("scope.funder", .funder, next.funders, optional: true, &fields)
    let commercial = reference(
      "scope.commercialUseUnder", .funder, next.funders, optional: true, &fields)
    let programmes = readProgrammes(&fields)
    guard fields.problems.isEmpty else { return nil }
    switch (member, project, programmes, funder, commercial) {
    case (let member?, let project?, nil, nil, nil): return .member(member, project)
    case (nil, let project?, nil, nil, nil): return .project(project)
    case (nil, nil, let programmes?, nil, nil): return .programmes(programmes)
    case (nil, nil, nil, let funder?, nil): return .funder(funder)
    case (nil, nil, nil, nil, let commercial?): return .commercial(commercial)
    default:
      fields.refuse(
        "scope",
        "names whose runs are counted; accepted: project; member and project; programmes; "
          + "funder; or commercialUseUnder\(others)")
      return nil
    }
  }

  private mutating func readProgrammes(_ fields: inout FieldReader) -> Set<ProgrammeID>? {
    let texts = fields.texts("scope.programmes")
    guard !texts.isEmpty else { return nil }
    var programmes: Set<ProgrammeID> = []
    for (path, text) in texts {
      guard let id = ProgrammeID(text),
        next.programmes[id] != nil || isDescribed(.programme, text)
      else {
        refuseUnknown(text, path, "Programme", next.programmes.keys.map(\.text), &fields)
        continue
      }
      programmes.insert(id)
    }
    return programmes
  }

  private mutating func readLimit(
    _ scope: CapScope?, _ fields: inout FieldReader
  ) -> CapRule.Limit? {
    let amount = fields.optional("limit.amount", .amount(zero: true))
    let points = fields.optional("limit.percent", .percent)
    let of = reference("limit.ofShareOf", .funder, next.funders, optional: true, &fields)
    guard fields.problems.isEmpty else { return nil }
    switch (amount, points) {
    case (let amount?, nil) where of == nil: return .amount(amount)
    case (nil, let points?):
      var funder = of
      if case .funder(let id) = scope { funder = of ?? id }
      if case .commercial(let id) = scope { funder = of ?? id }
      if let funder { return .share(funder, basisPoints: points) }
      fields.refuse("limit.ofShareOf", "names the funder whose share the percentage is of")
      return nil
    default:
      fields.refuse(
        "limit",
        "is an amount, or a percent with ofShareOf; such as {amount: 5,000 GPU-h} or "
          + "{percent: 10 %, ofShareOf: eurohpc}")
      return nil
    }
  }

  private mutating func readSpan(_ fields: inout FieldReader) -> CapRule.Span? {
    guard fields.has("window") else {
      // Asked for, so that a field inside a window is known.
      _ = fields.optional("window.from", .instant)
      _ = fields.optional("window.until", .instant)
      return .calendarYear
    }
    let from = fields.required("window.from", .instant)
    let until = fields.required("window.until", .instant)
    guard let from, let until else { return nil }
    guard from < until else {
      fields.refuse("window.until", "\(until) is not after window.from, \(from)")
      return nil
    }
    return .window(from..<until)
  }

  mutating func reference<Kind, Object>(
    _ path: String, _ kind: DescribedKind, _ known: [Identifier<Kind>: Object], optional: Bool,
    _ fields: inout FieldReader
  ) -> Identifier<Kind>? {
    // Asked for, so that the field is known when it is left out.
    guard fields.has(path) else {
      let _: Identifier<Kind>? = fields.optional(path, .identifier())
      return nil
    }
    return reference(path, kind, known, &fields)
  }
}

extension ApplyPass {
  /// What is awarded stays under the hard caps that several projects share, in the period at hand:
  /// the grants of allocations whose window begins in it. Asked of what is given or raised now, so
  /// that a lowered cap leaves standing awards alone.
  mutating func checkAwards() {
    guard refusals.isEmpty else { return }
    let caps = next.caps(at: context.now).filter { $0.strength == .hard && $0.scope.isShared }
    for cap in caps {
      let isOf = isShare(cap.id) ? " (a part of the planned capacity)" : ""
      let counted = next.allocations.values.filter { covers(cap, $0) }.sorted { $0.id < $1.id }
      let sum = counted.reduce(GPUTime.zero) { $0 + $1.granted }
      guard sum > cap.limit else { continue }
      for allocation in counted {
        let before = context.centre.allocations[allocation.id]?.granted ?? .zero
        guard allocation.granted > before,
          let object = describedObject(.allocation, allocation.id.text)
        else { continue }
        let place = FieldReader(object: object).place(
          of: "granted",
          "granted: with \(CanonicalText.told(allocation.granted)) the awards under cap "
            + "\(cap.id) are \(CanonicalText.told(sum)), and it allows "
            + "\(CanonicalText.told(cap.limit))\(isOf) from "
            + "\(cap.period.lowerBound) to \(cap.period.upperBound)")
        refusals.append(place)
      }
    }
  }

  /// Whether a cap is described as a percentage and not as an amount.
  private func isShare(_ id: CapID) -> Bool {
    next.allCapRules.contains {
      guard $0.id == id, case .share = $0.limit else { return false }
      return true
    }
  }

  func covers(_ cap: Cap, _ allocation: Allocation) -> Bool {
    guard cap.period.contains(allocation.window.lowerBound),
      let programme = next.programmes[allocation.programme],
      let project = next.projects[allocation.project]
    else { return false }
    switch cap.scope {
    case .member: return false
    case .project(let id): return project.id == id
    case .programmes(let programmes): return programmes.contains(programme.id)
    case .funder(let funder): return programme.funder == funder
    case .commercial(let funder): return programme.funder == funder && project.commercial
    }
  }
}

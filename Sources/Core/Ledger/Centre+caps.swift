package import Domain

extension Centre {
  /// The caps as they stand at an instant, each with its limit for the period that is counted.
  package func caps(at now: Instant) -> [Cap] {
    allCapRules.compactMap { rule in
      guard let period = rule.period(at: now) else { return nil }
      return Cap(
        id: rule.id, scope: rule.scope, limit: limit(of: rule, over: period), period: period,
        strength: rule.strength)
    }
  }

  private func limit(of rule: CapRule, over period: Range<Instant>) -> GPUTime {
    switch rule.limit {
    case .amount(let amount): return amount
    case .share(let funder, let points):
      let share = funders[funder]?.basisPoints(over: period) ?? 0
      return plannedCapacity(over: period).portion(basisPoints: Int64(share))
        .portion(basisPoints: Int64(points))
    }
  }
}

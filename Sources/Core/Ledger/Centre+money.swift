package import Domain

extension Centre {
  /// The caps as they stand at an instant, each with its limit for the period that is counted.
  package func caps(at now: Instant) -> [Cap] {
    // Most caps in percent are of one calendar year, and the capacity is a look at all nodes.
    var capacities: [Range<Instant>: GPUTime] = [:]
    return allCapRules.compactMap { cap(of: $0, at: now, &capacities) }
  }

  /// The hard caps that cover a run whose hold is taken at an instant, the narrowest first: without a
  /// look at those that do not.
  package func hardCaps(above bearer: Bearer, at instant: Instant) -> [Cap] {
    var capacities: [Range<Instant>: GPUTime] = [:]
    return allCapRules.filter { $0.strength == .hard && $0.scope.covers(bearer) }
      .compactMap { cap(of: $0, at: instant, &capacities) }
      .covering(bearer, holdTaken: instant)
  }

  /// What caps allow once their period is over, of those that there are then.
  package func limitsAfter(_ caps: [Cap]) -> [CapID: GPUTime] {
    var capacities: [Range<Instant>: GPUTime] = [:]
    let rules = Dictionary(allCapRules.map { ($0.id, $0) }) { first, _ in first }
    return caps.reduce(into: [:]) { limits, standing in
      limits[standing.id] = rules[standing.id].flatMap {
        cap(of: $0, at: standing.period.upperBound, &capacities)?.limit
      }
    }
  }

  private func cap(
    of rule: CapRule, at instant: Instant, _ capacities: inout [Range<Instant>: GPUTime]
  ) -> Cap? {
    rule.period(at: instant).map { period in
      Cap(
        id: rule.id, scope: rule.scope, limit: limit(of: rule, over: period, &capacities),
        period: period, strength: rule.strength)
    }
  }

  private func limit(
    of rule: CapRule, over period: Range<Instant>, _ capacities: inout [Range<Instant>: GPUTime]
  ) -> GPUTime {
    switch rule.limit {
    case .amount(let amount): return amount
    case .share(let funder, let points):
      return (funders[funder]?.shares(over: period) ?? []).reduce(.zero) { sum, part in
        let capacity = capacities[part.span] ?? plannedCapacity(over: part.span)
        capacities[part.span] = capacity
        return sum + capacity.portion(basisPoints: Int64(part.basisPoints))
      }.portion(basisPoints: Int64(points))
    }
  }
}

extension Centre {
  /// Where the rest of an allocation goes when its window ends, and how much of it at most: to the
  /// one that follows it, as its programme allows.
  package func carryOver(of id: AllocationID, _ balance: Balance) -> CarryOver? {
    guard let allocation = allocations[id], let programme = programmes[allocation.programme],
      programme.carryOverBasisPoints > 0,
      let next = allocations.values.filter({ $0.follows == id }).map(\.id).min()
    else { return nil }
    return CarryOver(
      to: next, atMost: balance.awarded.portion(basisPoints: Int64(programme.carryOverBasisPoints)))
  }

  /// What of an allocation is still to be deferred at an instant, by its programme's release.
  package func deferred(of id: AllocationID, _ balance: Balance, at now: Instant) -> GPUTime {
    guard let allocation = allocations[id], let programme = programmes[allocation.programme]
    else { return .zero }
    let released = programme.release.released(
      of: balance.granted, in: allocation.window, at: max(now, allocation.window.lowerBound))
    return balance.granted - released
  }
}

/// What a new description does to allocations whose books go on meanwhile.
extension Centre {
  /// The allocations that have not ended as they stand, and have by then as they are described here,
  /// each with its end.
  package func ended(by now: Instant, since standing: Centre) -> [AllocationID: Instant] {
    standing.allocations.values.reduce(into: [:]) { ended, before in
      guard before.window.upperBound > now,
        let end = allocations[before.id]?.window.upperBound, end <= now
      else { return }
      ended[before.id] = end
    }
  }

  /// The allocations whose window had not begun, and begins earlier here than it would have.
  package func broughtForward(by now: Instant, since standing: Centre) -> [AllocationID] {
    standing.allocations.values.filter { before in
      guard let after = allocations[before.id] else { return false }
      return before.window.lowerBound > now && after.window.lowerBound < before.window.lowerBound
    }.map(\.id).sorted()
  }

  /// The allocations whose grant is raised here that came, with what was moved in, beyond what their
  /// programme awards.
  ///
  /// - Parameter balances: with the raised grants.
  package func overAwarded(
    since standing: Centre, _ balances: [AllocationID: Balance]
  ) -> [AllocationID] {
    allocations.values.filter { after in
      guard let before = standing.allocations[after.id], after.granted > before.granted,
        let programme = programmes[after.programme], let balance = balances[after.id]
      else { return false }
      return balance.awarded > programme.amount.upperBound
    }.map(\.id).sorted()
  }
}

package import Domain

/// A cumulative limit above allocations, as it stands in one period. It never decays.
///
/// It counts the runs in its scope whose hold was taken in its period: what they hold, and what
/// they were charged less what was given back.
package struct Cap: Hashable, Sendable {
  package let id: CapID
  package let scope: CapScope
  package let limit: GPUTime
  /// Half-open.
  package let period: Range<Instant>
  package let strength: CapStrength

  package init(
    id: CapID, scope: CapScope, limit: GPUTime, period: Range<Instant>, strength: CapStrength
  ) {
    self.id = id
    self.scope = scope
    self.limit = limit
    self.period = period
    self.strength = strength
  }

  package func covers(_ bearer: Bearer, holdTaken: Instant) -> Bool {
    period.contains(holdTaken) && scope.covers(bearer)
  }
}

extension Sequence<Cap> {
  /// The caps that cover a run, the narrowest first, ties by id.
  package func covering(_ bearer: Bearer, holdTaken: Instant) -> [Cap] {
    filter { $0.covers(bearer, holdTaken: holdTaken) }
      .sorted { ($0.scope.breadth, $0.id) < ($1.scope.breadth, $1.id) }
  }
}

/// What has been taken of a cap.
package struct CapUse: Hashable, Sendable {
  /// Charged and not given back.
  package var used: GPUTime
  package var held: GPUTime

  package init(used: GPUTime = .zero, held: GPUTime = .zero) {
    self.used = used
    self.held = held
  }

  package var taken: GPUTime { used + held }

  /// The use after an entry about a run that the cap covers.
  package func after(_ kind: EntryKind, _ amount: GPUTime) -> CapUse {
    var next = self
    switch kind {
    case .hold: next.held += amount
    case .charge:
      next.held -= amount
      next.used += amount
    case .release: next.held -= amount
    case .refund, .credit: next.used -= amount
    case .debit: next.used += amount
    case .grant, .withdrawal, .opening, .deferral, .instalment, .transferOut, .transferIn, .expiry,
      .overrun:
      break
    }
    return next
  }
}

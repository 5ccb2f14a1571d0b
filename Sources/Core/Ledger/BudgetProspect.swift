package import Domain

/// What an allocation may come to have beside what it has available: what runs hold, and what its
/// programme releases later.
package struct BudgetProspect: Hashable, Sendable {
  /// Of it, what runs do not use is released when they end.
  package let held: GPUTime
  /// Granted, and released for use later.
  package let deferred: GPUTime
  private let granted: GPUTime
  private let window: Range<Instant>
  private let release: Release

  package init(_ balance: Balance, window: Range<Instant>, release: Release) {
    held = balance.held
    deferred = balance.deferred
    granted = balance.granted
    self.window = window
    self.release = release
  }

  /// When instalments will have released that much of what is deferred; nil if they never will.
  ///
  /// - Complexity: quadratic in the months of the window: for what is told, not for every plan.
  package func released(_ missing: GPUTime) -> Instant? {
    guard missing > .zero, missing <= deferred else { return nil }
    var next: Instant? = window.lowerBound
    while let start = next {
      let rest = granted - release.released(of: granted, in: window, at: start)
      if rest <= deferred - missing { return start }
      next = release.next(in: window, after: start)
    }
    return nil
  }
}

extension Centre {
  /// Nil for an allocation that is not described.
  package func prospect(of id: AllocationID, _ balance: Balance) -> BudgetProspect? {
    allocations[id].map { allocation in
      BudgetProspect(
        balance, window: allocation.window,
        release: programmes[allocation.programme]?.release ?? .atOnce)
    }
  }

  /// Of all that are described.
  package func prospects(_ balances: [AllocationID: Balance]) -> [AllocationID: BudgetProspect] {
    balances.reduce(into: [:]) { $0[$1.key] = prospect(of: $1.key, $1.value) }
  }
}

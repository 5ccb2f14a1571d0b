package import Domain

/// The standing of one allocation:
/// `granted − charged + refunded − expired − held = available ≥ 0` at every instant.
package struct Balance: Hashable, Sendable {
  /// Grants less withdrawals.
  package var granted: GPUTime
  /// Charges and openings, before refunds.
  package var charged: GPUTime
  package var refunded: GPUTime
  package var expired: GPUTime
  package var held: GPUTime
  /// Carried by the operator; no part of the equation.
  package var overrun: GPUTime

  package init(
    granted: GPUTime = .zero, charged: GPUTime = .zero, refunded: GPUTime = .zero,
    expired: GPUTime = .zero, held: GPUTime = .zero, overrun: GPUTime = .zero
  ) {
    self.granted = granted
    self.charged = charged
    self.refunded = refunded
    self.expired = expired
    self.held = held
    self.overrun = overrun
  }

  /// What can be held now.
  package var available: GPUTime { granted - charged + refunded - expired - held }

  /// Charged and not given back.
  package var used: GPUTime { charged - refunded }

  /// The balance after an entry, without asking whether it may be posted.
  package func after(_ kind: EntryKind, _ amount: GPUTime) -> Balance {
    var next = self
    switch kind {
    case .grant: next.granted += amount
    case .withdrawal: next.granted -= amount
    case .opening: next.charged += amount
    case .hold: next.held += amount
    case .charge:
      next.held -= amount
      next.charged += amount
    case .release: next.held -= amount
    case .refund: next.refunded += amount
    case .expiry: next.expired += amount
    case .overrun: next.overrun += amount
    }
    return next
  }
}

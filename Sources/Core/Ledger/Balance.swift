package import Domain

/// The standing of one allocation, at every instant:
/// `granted + in − out − charged + refunded − expired − held − deferred = available ≥ 0`.
package struct Balance: Hashable, Sendable {
  /// Grants less withdrawals.
  package var granted: GPUTime
  /// Came from other allocations.
  package var transferredIn: GPUTime
  /// Went to other allocations.
  package var transferredOut: GPUTime
  /// Charges, openings and debits, before refunds and credits.
  package var charged: GPUTime
  /// Refunds and credits.
  package var refunded: GPUTime
  package var expired: GPUTime
  package var held: GPUTime
  /// Granted and not yet released for use.
  package var deferred: GPUTime
  /// Carried by the operator; no part of the equation.
  package var overrun: GPUTime

  package init(
    granted: GPUTime = .zero, transferredIn: GPUTime = .zero, transferredOut: GPUTime = .zero,
    charged: GPUTime = .zero, refunded: GPUTime = .zero, expired: GPUTime = .zero,
    held: GPUTime = .zero, deferred: GPUTime = .zero, overrun: GPUTime = .zero
  ) {
    self.granted = granted
    self.transferredIn = transferredIn
    self.transferredOut = transferredOut
    self.charged = charged
    self.refunded = refunded
    self.expired = expired
    self.held = held
    self.deferred = deferred
    self.overrun = overrun
  }

  /// What can be held now.
  package var available: GPUTime {
    granted + transferredIn - transferredOut - charged + refunded - expired - held - deferred
  }

  /// Charged and not given back.
  package var used: GPUTime { charged - refunded }

  /// What came in from other allocations, less what went out to them.
  package var moved: GPUTime { transferredIn - transferredOut }

  /// What the allocation is worth in all: grants and what came in, less what went out.
  package var awarded: GPUTime { granted + transferredIn - transferredOut }

  /// The balance after an entry, without asking whether it may be posted.
  package func after(_ kind: EntryKind, _ amount: GPUTime) -> Balance {
    var next = self
    switch kind {
    case .grant: next.granted += amount
    case .withdrawal: next.granted -= amount
    case .opening, .debit: next.charged += amount
    case .deferral: next.deferred += amount
    case .instalment: next.deferred -= amount
    case .transferOut: next.transferredOut += amount
    case .transferIn: next.transferredIn += amount
    case .hold: next.held += amount
    case .charge:
      next.held -= amount
      next.charged += amount
    case .release: next.held -= amount
    case .refund, .credit: next.refunded += amount
    case .expiry: next.expired += amount
    case .overrun: next.overrun += amount
    }
    return next
  }
}

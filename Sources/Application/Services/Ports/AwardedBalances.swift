package import Domain
package import Ledger

/// How allocations stand, and what was awarded in them.
package struct AwardedBalances: Equatable, Sendable {
  /// As of when, by the store's clock.
  package let now: Instant
  /// Of those that have accounts.
  package let balances: [AllocationID: Balance]
  /// Awards, what was taken over, and what corrects it, in order of posting: enough for what is expected
  /// of each. One without any is not in it.
  package let awards: [AllocationID: [Entry]]

  package init(
    now: Instant, balances: [AllocationID: Balance], awards: [AllocationID: [Entry]]
  ) {
    self.now = now
    self.balances = balances
    self.awards = awards
  }

  /// The months that awards belong to, of those allocations whose award came late: that month was
  /// closed when it was booked.
  package var late: [AllocationID: AccountingPeriod] {
    awards.compactMapValues { $0.first?.belated }
  }
}

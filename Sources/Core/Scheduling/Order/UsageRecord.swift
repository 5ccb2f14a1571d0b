package import Domain
package import Ledger

/// What was used, by leaf and by funder and by day. By which half-life it fades is asked for with it.
package struct UsageRecord: Hashable, Sendable {
  /// Of none that used nothing.
  package private(set) var byLeaf: [UsageLeaf: DailyUse] = [:]
  package private(set) var byFunder: [FunderID: DailyUse] = [:]

  package init() {}

  /// Counts an amount that a run used which ended at an instant; a negative one takes back what was
  /// counted there.
  package mutating func add(_ amount: GPUTime, of leaf: UsageLeaf, at end: Instant) {
    add(amount, of: leaf, on: DailyUse.day(of: end))
  }

  /// The same by the number of the day.
  package mutating func add(_ amount: GPUTime, of leaf: UsageLeaf, on day: Int64) {
    byLeaf[leaf, default: DailyUse()].add(amount, on: day)
    if byLeaf[leaf]?.isEmpty == true { byLeaf[leaf] = nil }
    byFunder[leaf.funder, default: DailyUse()].add(amount, on: day)
    if byFunder[leaf.funder]?.isEmpty == true { byFunder[leaf.funder] = nil }
  }

  /// Counts entries of the ledger about runs: charges, and overruns, which the operator paid but the
  /// leaf used, less what refunds and credits gave back, and debits; all of it on the day of the last
  /// charge or overrun of the run among the entries, so that what is given back counts as never
  /// used. Other kinds count nothing.
  ///
  /// - Parameter leaf: whose an entry is; nil for an entry that is nobody's.
  package mutating func add(
    _ entries: some Collection<Entry>, leaf: (Entry) -> UsageLeaf?
  ) {
    var ends: [RunID: Instant] = [:]
    for entry in entries where entry.kind == .charge || entry.kind == .overrun {
      guard let run = entry.run else { continue }
      ends[run] = max(ends[run] ?? entry.effective, entry.effective)
    }
    for entry in entries {
      let sign: Int64
      switch entry.kind {
      case .charge, .overrun, .debit: sign = 1
      case .refund, .credit: sign = -1
      case .grant, .withdrawal, .opening, .deferral, .instalment, .transferOut, .transferIn, .hold,
        .release, .expiry:
        continue
      }
      guard let run = entry.run, let leaf = leaf(entry) else { continue }
      let amount = GPUTime(milliseconds: sign * entry.amount.milliseconds)
      add(amount, of: leaf, at: ends[run] ?? entry.effective)
    }
  }

  /// What is left of a leaf's use by the short half-life of a policy.
  package func used(by leaf: UsageLeaf, _ policy: PriorityPolicy, at now: Instant) -> GPUTime {
    byLeaf[leaf]?.left(by: Decay(halfLife: policy.halfLife), at: now) ?? .zero
  }

  /// What is left of a funder's use over the long run, by the long half-life of a policy.
  package func delivered(
    to funder: FunderID, _ policy: PriorityPolicy, at now: Instant
  ) -> GPUTime {
    byFunder[funder]?.left(by: Decay(halfLife: policy.longHalfLife), at: now) ?? .zero
  }
}

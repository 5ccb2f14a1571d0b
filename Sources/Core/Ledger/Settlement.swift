package import Domain

/// How the hold of an ended run is divided: charge + release = hold, and what was used beyond the
/// hold goes to the operator.
package struct Settlement: Hashable, Sendable {
  package let charge: GPUTime
  package let release: GPUTime
  package let overrun: GPUTime

  package init(hold: GPUTime, used: GPUTime) {
    charge = min(hold, max(used, .zero))
    release = hold - charge
    overrun = max(used - hold, .zero)
  }

  /// The entries that settle a run, in order: charge, release, overrun; none of an amount of zero.
  package func entries(
    run: RunID, allocation: AllocationID, effective: Instant, now: Instant
  ) -> [Entry] {
    let drafts: [(EntryID, EntryKind, GPUTime, EntryReason?)] = [
      (.charge(run), .charge, charge, nil),
      (.release(run), .release, release, nil),
      (.overrun(run), .overrun, overrun, .pastLimit),
    ]
    return drafts.compactMap { id, kind, amount, reason in
      Entry.draft(
        id, kind, allocation, amount, run: run, reason: reason, effective: effective, now: now
      ).entry
    }
  }
}

package import Domain

extension Entry {
  /// An entry whose amount has not been checked yet.
  package struct Draft: Sendable {
    package let id: EntryID
    package let kind: EntryKind
    package let allocation: AllocationID
    package let amount: GPUTime
    package let run: RunID?
    package let reason: EntryReason?
    package let effective: Instant
    package let recorded: Instant

    /// Nil if the amount is not positive or larger than ``GPUTime/largest``.
    package var entry: Entry? {
      guard amount > .zero, amount <= .largest else { return nil }
      return Entry(
        id: id, kind: kind, allocation: allocation, amount: amount, run: run, reason: reason,
        effective: effective, recorded: recorded)
    }

    func matches(_ standing: Entry) -> Bool {
      entry.map { standing.saysTheSame(as: $0) } ?? false
    }
  }

  package static func draft(
    _ id: EntryID, _ kind: EntryKind, _ allocation: AllocationID, _ amount: GPUTime,
    run: RunID? = nil, reason: EntryReason? = nil, effective: Instant, now: Instant
  ) -> Draft {
    Draft(
      id: id, kind: kind, allocation: allocation, amount: amount, run: run, reason: reason,
      effective: effective, recorded: now)
  }

  /// True if both say the same of the world; when each was recorded and is said to hold is not
  /// compared, since a client that repeats itself has a later clock.
  package func saysTheSame(as other: Entry) -> Bool {
    id == other.id && kind == other.kind && allocation == other.allocation
      && amount == other.amount && run == other.run && reason == other.reason
  }
}

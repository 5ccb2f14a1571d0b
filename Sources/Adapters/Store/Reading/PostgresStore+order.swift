import Domain
import Engine
import Postgres
import Scheduling
import Synchronization

extension PostgresStore {
  /// What was used, as of a picture.
  struct KnownUse: Sendable {
    /// The first transaction that the picture may not have seen.
    fileprivate var next: Int64
    /// Nothing of earlier days is known.
    fileprivate let since: CivilDate
    fileprivate var rows: [UseKey: GPUTime] = [:]
    fileprivate var record = UsageRecord()

    fileprivate mutating func note(_ key: UseKey, _ used: GPUTime) {
      let before = rows.updateValue(used, forKey: key) ?? .zero
      record.add(used - before, of: key.leaf, on: key.day)
    }
  }

  /// What a row is about.
  fileprivate struct UseKey: Hashable, Sendable {
    let allocation: AllocationID
    let leaf: UsageLeaf
    let day: Int64
  }

  /// The order of a centre, with what was used as far as it has not faded. Of what was used only what
  /// was written since the last picture is read.
  func order(
    _ tx: borrowing Transaction, _ centre: Centre, now: Instant
  ) throws(PostgresError) -> OrderState {
    guard let policy = centre.order.policy else { return OrderState(centre.order) }
    let longest = max(policy.halfLife, policy.longHalfLife).count * DailyUse.longestHalfLives
    let since = CivilDate(now).advanced(days: -longest / 86_400 - 1)
    var known = knownUse.withLock { $0 } ?? KnownUse(next: 0, since: since)
    // The horizon moves on by a day each day: what is known of earlier ones counts nothing.
    if since < known.since || since > known.since.advanced(days: 366) {
      known = KnownUse(next: 0, since: since)
    }
    let next = try tx.query(.useStanding).only().int64("next")
    // Another server than before, or one that was set back: its transactions say nothing of what
    // was known.
    if next < known.next { known = KnownUse(next: 0, since: since) }
    for row in try tx.query(.changedUses, [.int64(known.next), .day(known.since)]) {
      let leaf = UsageLeaf(
        funder: try row.identifier("funder"), programme: try row.identifier("programme"),
        project: try row.identifier("project"), member: try row.identifier("member"))
      known.note(
        UseKey(
          allocation: try row.identifier("allocation"), leaf: leaf,
          day: try row.daysSince1970("day")), try row.amount("used_gpu_ms"))
    }
    known.next = next
    knownUse.withLock { [known] in $0 = known }
    return OrderState(centre.order, usage: known.record)
  }
}

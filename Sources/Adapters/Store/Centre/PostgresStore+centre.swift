package import Domain
package import Ledger
import Postgres
package import Services

extension PostgresStore {
  package func centre() async throws(StoreError) -> Centre {
    try await read { tx throws(PostgresError) in try self.centre(tx) }
  }

  package func applyContext() async throws(StoreError) -> ApplyContext {
    try await read { tx throws(PostgresError) in
      var grantEntries: [AllocationID: Int] = [:]
      for row in try tx.query(.grantCounts) {
        grantEntries[try row.identifier("allocation")] = try row.integer("entries")
      }
      var busyProjects: Set<ProjectID> = []
      for row in try tx.query(.busyProjects) { busyProjects.insert(try row.identifier("project")) }
      var busyNodes: Set<NodeName> = []
      for row in try tx.query(.busyNodes) { busyNodes.insert(try row.identifier("node")) }
      var erased: Set<MemberID> = []
      for row in try tx.query(.erasedMembers) { erased.insert(try row.identifier("id")) }
      let books = try tx.query(.booksClock).only().openBooks()
      return ApplyContext(
        now: books.now, centre: try self.centre(tx), balances: try tx.balances(),
        grantEntries: grantEntries, busyProjects: busyProjects, busyNodes: busyNodes,
        openRuns: Array(try tx.openRuns().values), openFrom: books.openFrom, erased: erased)
    }
  }

  /// True if a version of a rate card that is in force by now would change.
  private func drops(_ current: Centre, _ next: Centre, now: Instant) -> Bool {
    current.partitions.contains { name, partition in
      let kept = next.partitions[name]?.rateCards ?? partition.rateCards
      return partition.rateCards.contains { $0.inForceFrom <= now && !kept.contains($0) }
    }
  }

  private enum Replacement: Sendable {
    case outcome(GuardedOutcome)
    case refused(PostingRefusal)
    case differs
  }

  /// Throws `broken` if the books refuse a posting for what no change meanwhile can explain, or if
  /// a rate card that was in force is described anew under the same version.
  package func replaceCentre(
    with next: Centre, postings: [Posting], ifStill current: Centre,
    audit line: AuditLine
  ) async throws(StoreError) -> GuardedOutcome {
    let replacement = try await write(announced: true) { tx throws(PostgresError) -> Replacement in
      try tx.execute(.lockCentre)
      // Whoever posts reads the centre while no other description comes between.
      try tx.execute(.ownBooks)
      guard try tx.centre(alsoRetired: false) == current else {
        tx.abandon()
        return .outcome(.stale)
      }
      let now = try tx.now()
      if drops(current, next, now: now) {
        tx.abandon()
        return .differs
      }
      if try tx.hasEntries(behind: next.ended(by: now, since: current)) {
        tx.abandon()
        return .outcome(.stale)
      }
      try tx.describe(next, replacing: current)
      let books = try tx.openBooks()
      for posting in postings {
        switch try tx.post(posting, books, next) {
        case .posted: continue
        // By an apply that came between, and was undone by another one.
        case .alreadyPosted, .refused(.insufficient), .refused(.notDeferred),
          .refused(.periodClosed), .refused(.differentEntryExists):
          tx.abandon()
          return .outcome(.stale)
        case .refused(let refusal):
          tx.abandon()
          return .refused(refusal)
        }
      }
      guard try next.overAwarded(since: current, tx.balances()).isEmpty else {
        tx.abandon()
        return .outcome(.stale)
      }
      guard try tx.centre(alsoRetired: false) == next else {
        tx.abandon()
        return .differs
      }
      try tx.audit(line)
      return .outcome(.done)
    }
    switch replacement {
    case .outcome(let outcome): return outcome
    case .refused(let refusal): throw .broken("the books refuse a posting of an apply: \(refusal)")
    case .differs:
      throw .broken(
        "the centre can't be kept as described: a version of a rate card that was in force never "
          + "changes; apply again, with new rates under a new version")
    }
  }
}

extension Transaction {
  /// Whether any of these allocations has an entry that is effective after its end.
  fileprivate borrowing func hasEntries(
    behind ends: [AllocationID: Instant]
  ) throws(PostgresError) -> Bool {
    guard !ends.isEmpty else { return false }
    let rows = ends.sorted { $0.key < $1.key }
    return try !query(
      .entriesBehind,
      [
        .textArray(rows.map(\.key.text)),
        .timestampArray(milliseconds: rows.map(\.value.milliseconds)),
      ]
    ).isEmpty
  }
}

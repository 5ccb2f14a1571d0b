package import Domain
import Ledger
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  package func awarded(
    in allocations: [AllocationID]
  ) async throws(StoreError) -> AwardedBalances {
    try await read { tx throws(PostgresError) in
      let rows = try tx.queries([
        (.now, []), (.balances, []),
        (.paceActs, [.textArray(allocations.sorted().map(\.text))]),
      ])
      let own = Set(allocations)
      return AwardedBalances(
        now: try rows[0].only().instant("now"),
        balances: try rows[1].balances().filter { own.contains($0.key) },
        awards: try rows[2].byAllocation())
    }
  }

  /// What expired is what is kept of the balance, less what is effective later.
  package func paceFacts(
    of allocations: [AllocationID], at moments: PaceMoments
  ) async throws(StoreError) -> [AllocationID: PaceFacts] {
    try await read { tx throws(PostgresError) in
      let those: Value = .textArray(allocations.sorted().map(\.text))
      let (recently, asOf): (Value, Value) = (.instant(moments.recently), .instant(moments.asOf))
      let rows = try tx.queries([
        (.paceActs, [those]), (.paceUses, [those, recently, asOf]), (.paceExpired, [those, asOf]),
      ])
      let acts = try rows[0].byAllocation()
      var uses: [AllocationID: [PaceFacts.Use]] = [:]
      for row in rows[1] {
        uses[try row.identifier("allocation"), default: []].append(
          PaceFacts.Use(from: try row.instant("from_at"), amount: try row.amount("used_gpu_ms")))
      }
      var expired: [AllocationID: GPUTime] = [:]
      for row in rows[2] {
        expired[try row.identifier("allocation")] = try row.amount("expired_gpu_ms")
      }
      var facts: [AllocationID: PaceFacts] = [:]
      for id in Set(acts.keys).union(uses.keys).union(expired.keys) {
        facts[id] = PaceFacts(
          acts: acts[id] ?? [], uses: uses[id] ?? [], expired: expired[id] ?? .zero)
      }
      return facts
    }
  }
}

extension Rows {
  /// Entries, in their order.
  func byAllocation() throws(PostgresError) -> [AllocationID: [Entry]] {
    var entries: [AllocationID: [Entry]] = [:]
    for row in self {
      let entry = try row.entry()
      entries[entry.allocation, default: []].append(entry)
    }
    return entries
  }
}

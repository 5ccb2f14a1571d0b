package import Domain
import Ledger
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// It reads runs from the first day of the allocations that count: patiently.
  package func indicatorsFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> IndicatorsFacts {
    try await readPatiently { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      let access = try tx.accessTimeFacts(
        period, asOf: asOf, try tx.standing(over: period, until: asOf), system: system)
      let counted = access.countedAllocations { _ in true }
      let ids = Value.textArray(counted.map(\.id.text))
      let first = counted.map(\.window.lowerBound).min() ?? period.lowerBound
      let rows = try tx.queries([
        (.firstJobs, [ids, .instant(first), .instant(period.lowerBound), .instant(asOf)]),
        (.paceActs, [ids]),
      ])
      var firstJobs: [AllocationID: Instant] = [:]
      for row in rows[0] {
        firstJobs[try row.identifier("allocation")] = try row.instant("began_at")
      }
      for (id, acts) in try rows[1].byAllocation()
      where acts.contains(where: { $0.kind == .opening }) {
        firstJobs[id] = nil
      }
      return IndicatorsFacts(
        access: access, described: try tx.described(beside: access), firstJobs: firstJobs)
    }
  }
}

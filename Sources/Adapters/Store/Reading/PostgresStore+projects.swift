package import Domain
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  /// It reads the runs that were begun in the period: patiently.
  package func projectsFacts(
    period: Range<Instant>, system: String
  ) async throws(StoreError) -> ProjectsFacts {
    try await readPatiently { tx throws(PostgresError) in
      let asOf = min(try tx.now(), period.upperBound)
      let access = try tx.accessTimeFacts(
        period, asOf: asOf, try tx.standing(over: period, until: asOf), system: system)
      let counted = access.countedAllocations { _ in true }.map(\.id)
      let bounds: [Value] = [.instant(period.lowerBound), .instant(asOf)]
      let rows = try tx.queries([
        (.refundedSums, bounds), (.jobsOfAllocations, bounds),
        (.paceActs, [.textArray(counted.map(\.text))]),
      ])
      var figures: [AllocationID: ProjectsFacts.Figures] = [:]
      for row in rows[0] {
        figures[try row.identifier("allocation"), default: .init()].refunded =
          try row.amount("refunded_gpu_ms")
      }
      for row in rows[1] {
        figures[try row.identifier("allocation"), default: .init()].jobs = try row.integer("jobs")
      }
      for (id, acts) in try rows[2].byAllocation() { figures[id, default: .init()].acts = acts }
      let known = Set(counted)
      return ProjectsFacts(
        access: access, described: try tx.described(beside: access),
        figures: figures.filter { known.contains($0.key) })
    }
  }
}

package import Domain
import Engine
import Ledger
import Lifecycle
package import Reporting
package import Services

extension MemoryStore {
  /// Run by run.
  package func indicatorsFacts(
    period: Range<Instant>, system: String
  ) throws(StoreError) -> IndicatorsFacts {
    let access = try accessTimeFacts(period: period, system: system)
    var firstJobs: [AllocationID: Instant] = [:]
    for id in access.countedAllocations({ _ in true }).map(\.id) {
      let began = histories.values.filter {
        $0.run.allocation == id && $0.run.committed < access.asOf
      }.compactMap { $0.end?.start ?? $0.run.started }.min()
      let isTakenOver = books.entries.contains { $0.allocation == id && $0.kind == .opening }
      guard let began, period.contains(began), began < access.asOf, !isTakenOver else { continue }
      firstJobs[id] = began
    }
    return IndicatorsFacts(access: access, described: state.centre, firstJobs: firstJobs)
  }
}

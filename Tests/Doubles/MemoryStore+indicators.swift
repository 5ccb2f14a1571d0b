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
      let first = histories.values.filter {
        $0.run.allocation == id && $0.run.committed < access.asOf
      }.compactMap { history in
        history.firstStart.map { (counted: max($0, history.begunCounted), began: $0) }
      }.min { $0 < $1 }
      let isTakenOver = books.entries.contains { $0.allocation == id && $0.kind == .opening }
      guard let first, period.contains(first.counted), first.counted < access.asOf, !isTakenOver
      else { continue }
      firstJobs[id] = first.began
    }
    return IndicatorsFacts(access: access, described: state.centre, firstJobs: firstJobs)
  }
}

package import Domain
import Engine
import Ledger
import Lifecycle
package import Reporting
package import Services

extension MemoryStore {
  /// Entry by entry and run by run.
  package func projectsFacts(
    period: Range<Instant>, system: String
  ) throws(StoreError) -> ProjectsFacts {
    let access = try accessTimeFacts(period: period, system: system)
    var figures: [AllocationID: ProjectsFacts.Figures] = [:]
    for id in access.countedAllocations({ _ in true }).map(\.id) {
      let entries = books.entries.filter { $0.allocation == id }
      let refunded = entries.filter {
        [.refund, .credit].contains($0.kind) && period.contains($0.effective)
          && $0.effective < access.asOf
      }
      let begun = histories.values.filter {
        $0.run.allocation == id && period.contains($0.begunCounted)
          && $0.begunCounted < access.asOf && $0.start != nil
      }
      let own = ProjectsFacts.Figures(
        refunded: refunded.reduce(.zero) { $0 + $1.amount },
        jobs: Set(begun.map(\.run.id.task.job)).count, acts: entries.filter(\.isActOfPace))
      if own != ProjectsFacts.Figures() { figures[id] = own }
    }
    return ProjectsFacts(access: access, described: state.centre, figures: figures)
  }
}

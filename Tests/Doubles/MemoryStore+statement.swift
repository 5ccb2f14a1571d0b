package import Domain
import Ledger
package import Reporting
package import Services

extension MemoryStore {
  /// Entry by entry.
  package func statementFacts(
    of project: ProjectID, period: Range<Instant>, most: Int, system: String
  ) throws(StoreError) -> StatementFacts {
    let access = try accessTimeFacts(period: period, system: system)
    let own = StatementFacts.allocations(of: project, in: access.centre)
    return StatementFacts(
      system: system, project: project, period: period, asOf: access.asOf, centre: access.centre,
      months: access.months,
      opening: try balances(
        of: own, effectiveBefore: period.lowerBound, recordedBefore: nil),
      closing: try balances(of: own, effectiveBefore: access.asOf, recordedBefore: nil),
      entries: books.entries.filter {
        own.contains($0.allocation) && period.contains($0.effective) && $0.effective < access.asOf
      })
  }
}

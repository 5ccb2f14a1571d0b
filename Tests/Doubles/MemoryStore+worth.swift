package import Domain
import Engine
import Ledger
import Lifecycle
package import Reporting
package import Services

extension MemoryStore {
  package func worthFacts(
    period: Range<Instant>, system: String
  ) throws(StoreError) -> WorthFacts {
    let facts = try accessTimeFacts(period: period, system: system)
    let deliveries = books.entries.compactMap { entry -> WorthFacts.Delivery? in
      guard let run = entry.run, let record = histories[run]?.run,
        [.charge, .refund, .credit, .debit].contains(entry.kind),
        period.contains(entry.effective), entry.effective < facts.asOf,
        let request = state.jobs[run.task.job]?.request
      else { return nil }
      let partition = state.centre.partitions[record.placement.partition ?? request.partition]
      return WorthFacts.Delivery(
        allocation: entry.allocation, amount: entry.signed,
        centsPerGPUHour: partition?.rateCard(version: record.rateVersion)?.centsPerGPUHour)
    }
    return WorthFacts(
      system: system, period: period, asOf: facts.asOf, centre: facts.centre,
      deliveries: deliveries, months: facts.months)
  }
}

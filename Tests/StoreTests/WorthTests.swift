// Why: the rate that priced a run is found through its run, and in the partition in which it ran.
import Domain
import Ledger
import Lifecycle
import Reporting
import Services
import Store
import Testing

@Suite("worth of what was delivered", .serialized, .timeLimit(.minutes(1)))
struct WorthTests {
  @Test("what was charged and given back is told by the rate card of its run")
  func worth() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let run = Example.run(job.firstRun)
      #expect(try await store.commit(run) == .done)
      _ = try await store.perform(
        .started(run.id, at: run.committed, weight: run.weight, slurmJobID: 1, devices: []))
      let end = Example.end(used: .hours(1))
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let month = AccountingPeriod(containing: end.end).interval
      let facts = try await store.worthFacts(period: month, system: "s")
      #expect(
        facts.deliveries == [
          WorthFacts.Delivery(
            allocation: run.allocation, amount: .hours(1), centsPerGPUHour: nil)
        ])
      let report = WorthReport(facts).report
      #expect(report.rows.last?[8...10] == ["1.0000", "0.00", "1.0000"])
      let access = try await store.accessTimeFacts(period: month, system: "s")
      #expect(access.delivered[run.allocation] == .hours(1))
    }
  }
}

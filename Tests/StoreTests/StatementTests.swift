// Why: the balances of a statement come from sums by day and its entries from the ledger: they are of one
// moment and agree, also where a period cuts days.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("statements in the store", .serialized, .timeLimit(.minutes(1)))
struct StatementTests {
  private static let start = Example.past + .hours(30)
  private static let month = AccountingPeriod(containing: start)

  private func live(_ store: PostgresStore) async throws {
    for number in 0..<3 {
      let job = try await store.accepted(Example.job(key: "job-\(number)"))
      let begin = Self.start + .hours(Int64(number))
      let run = Example.run(job.firstRun, from: Example.large, at: begin)
      #expect(try await store.commit(run) == .done)
      #expect(
        try await store.perform(
          .ended(
            run.id,
            RunEnd(
              start: begin, end: begin + .hours(1), outcome: .completed, exitCode: 0, signal: 0,
              used: GPUTime(milliseconds: 1_000_003), refund: nil, requeued: false))) == .done)
    }
  }

  private func statement(
    _ store: PostgresStore, _ period: Range<Instant>
  ) async throws -> (report: Report, facts: StatementFacts) {
    let facts = try await store.statementFacts(
      of: Example.longscan, period: period, system: "s")
    let statement = StatementReport(facts)
    #expect(statement.disagreeing.isEmpty, "\(period)")
    return (statement.report, facts)
  }

  @Test("sum to the balances of the books over any time, and begin where the one before ended")
  func sums() async throws {
    try await withStore { store, _ in
      try await live(store)
      let whole = try await statement(store, Self.month.interval)
      let all = try await store.entries(of: Example.longscan)
      #expect(
        Set(whole.facts.entries) == Set(all.filter { Self.month.interval.contains($0.effective) }))
      #expect(whole.facts.entries.count { $0.kind == .charge } == 3)
      for cut in [Self.start, Self.start + .minutes(90), Self.start + .hours(24)] {
        let before = try await statement(store, Self.month.start..<cut)
        let after = try await statement(store, cut..<Self.month.end)
        #expect(before.facts.closing == after.facts.opening, "\(cut)")
        #expect(
          before.facts.entries.count + after.facts.entries.count == whole.facts.entries.count)
        #expect(after.facts.closing == whole.facts.closing)
      }
      let next = try await statement(store, Self.month.next.interval)
      #expect(next.facts.opening == whole.facts.closing && next.facts.entries.isEmpty)
    }
  }

  @Test("a sum by day that is not that of the entries is found")
  func damaged() async throws {
    try await withStore { store, database in
      try await live(store)
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE allocation_day SET charged_gpu_ms = charged_gpu_ms + 1
        WHERE allocation = '\(Example.large)' AND charged_gpu_ms > 0 AND day > '2023-11-15'
        """)
      let facts = try await store.statementFacts(
        of: Example.longscan, period: Self.month.interval, system: "s")
      #expect(StatementReport(facts).disagreeing == [Example.large])
    }
  }
}

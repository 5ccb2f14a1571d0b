// Why: the rate that priced a run is found through its run, and in the partition in which it ran; what
// is kept by day must say the same of every period, also of one that cuts days.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("worth of what was delivered", .serialized, .timeLimit(.minutes(1)))
struct WorthTests {
  private static let whole: PartitionName = Example.id("whole")
  private static let line = AuditLine(
    actor: "m-1", action: AuditAction(rawValue: "correct"), object: "entry", origin: "a test")

  /// The partition gpu at 2.50 euros a GPU-hour and later at 3; whole states no rate.
  private static let rated: Centre = {
    var centre = Example.centre
    centre.partitions[Example.gpu] = centre.partitions[Example.gpu].map {
      Partition(
        name: $0.name, nodes: $0.nodes, wholeNodes: $0.wholeNodes,
        defaultTimeLimit: $0.defaultTimeLimit, maximumTimeLimit: $0.maximumTimeLimit,
        defaultsPerGPU: $0.defaultsPerGPU,
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Example.past, rates: Example.rateCard.rates,
            centsPerGPUHour: 250),
          RateCard(
            version: 2, inForceFrom: Example.past + .hours(24), rates: Example.rateCard.rates,
            centsPerGPUHour: 300),
        ])
    }
    return centre
  }()

  private func withRatedStore(_ body: (PostgresStore, Database) async throws -> Void) async throws {
    try await withDatabase { database in
      let store = try await PostgresStore.open(conninfo: database.asDaemon)
      let outcome: Result<Void, any Error>
      do {
        #expect(
          try await store.replaceCentre(
            with: Self.rated, postings: Example.postings, ifStill: Centre(), by: "m") == .done)
        outcome = .success(try await body(store, database))
      } catch {
        outcome = .failure(error)
      }
      await store.close()
      try outcome.get()
    }
  }

  /// A run that used an hour and ended at an instant.
  @discardableResult
  private func ended(
    _ store: PostgresStore, version: Int = 1, in partition: PartitionName? = nil,
    from allocation: AllocationID = Example.large, at end: Instant
  ) async throws -> RunID {
    let plain = Example.run(try await store.accepted().firstRun, from: allocation)
    let run = RunRecord(
      id: plain.id, allocation: allocation,
      placement: Placement(
        nodes: plain.placement.nodes, perNode: plain.placement.perNode, partition: partition),
      weight: plain.weight, rateVersion: version, hold: plain.hold, reach: plain.reach,
      committed: plain.committed)
    #expect(try await store.commit(run) == .done)
    #expect(
      try await store.perform(.ended(run.id, Example.end(used: .hours(1), at: end))) == .done)
    return run.id
  }

  private func delivery(
    _ hours: Int64, _ cents: Int64?, of allocation: AllocationID = Example.large
  ) -> WorthFacts.Delivery {
    WorthFacts.Delivery(allocation: allocation, amount: .hours(hours), centsPerGPUHour: cents)
  }

  @Test("what was charged and given back is worth what the rate card of its run states")
  func worth() async throws {
    try await withRatedStore { store, _ in
      let end = Example.past + .hours(2)
      let given = try await ended(store, at: end)
      try await ended(store, at: end)
      try await ended(store, version: 2, at: end)
      try await ended(store, in: Self.whole, at: end)
      try await ended(store, version: 2, from: Example.fast, at: end)
      let month = AccountingPeriod(containing: end).interval
      #expect(
        try await store.worthFacts(period: month, system: "s").deliveries == [
          delivery(2, 250), delivery(1, 300), delivery(1, nil),
          delivery(1, 300, of: Example.fast),
        ])
      let credit = Correction(
        id: EntryID("credit:a"), kind: .credit, corrects: .charge(given),
        amount: GPUTime(milliseconds: 1_800_000), reason: .miscount,
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: end + Seconds(1))
      _ = try await store.post(.correct(credit), audit: Self.line)
      let facts = try await store.worthFacts(period: month, system: "s")
      let report = WorthReport(facts).report
      // 1.5 h × 2.50 € + 2 h × 3 €; one hour without a rate.
      #expect(report.rows.last?[8...10] == ["4.5000", "9.75", "1.0000"])
      let access = try await store.accessTimeFacts(period: month, system: "s")
      #expect(access.delivered[Example.large] == GPUTime(milliseconds: 3_600_000 * 7 / 2))
      #expect(access.delivered[Example.fast] == .hours(1))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("a period that cuts days counts what ended inside it, to the millisecond")
  func cutDays() async throws {
    try await withRatedStore { store, _ in
      let end = Example.past + .hours(30)
      try await ended(store, at: end)
      try await ended(store, version: 2, at: end + .hours(1))
      try await ended(store, at: end + .hours(60))
      func amounts(_ period: Range<Instant>) async throws -> [WorthFacts.Delivery] {
        try await store.worthFacts(period: period, system: "s").deliveries
      }
      let tick = Instant(milliseconds: end.milliseconds + 1)
      #expect(try await amounts(end..<tick) == [delivery(1, 250)])
      #expect(try await amounts(tick..<(end + .hours(1))) == [])
      #expect(try await amounts(tick..<(end + .hours(2))) == [delivery(1, 300)])
      #expect(try await amounts(Example.past..<end) == [])
      #expect(
        try await amounts(end..<(end + .hours(61))) == [delivery(2, 250), delivery(1, 300)])
      #expect(
        try await amounts(end..<(end + .hours(60))) == [delivery(1, 250), delivery(1, 300)])
    }
  }

  @Test("an audit finds a day of a rate that does not follow from the entries")
  func audited() async throws {
    try await withRatedStore { store, database in
      try await ended(store, at: Example.past + .hours(2))
      #expect(try await store.audit().balanced)
      try await database.run("UPDATE rated_day SET delivered_gpu_ms = delivered_gpu_ms + 1")
      #expect(try await store.audit().wrong == [Example.large])
      try await database.run("DELETE FROM rated_day")
      #expect(try await store.audit().wrong == [Example.large])
    }
  }
}

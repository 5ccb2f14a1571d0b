// Why: who is served first follows from what was used; so that has to be exact, survive a restart,
// and follow from the entries alone.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Services
import Store
import Testing

@Suite("use, by which the queue is put in order", .serialized, .timeLimit(.minutes(1)))
struct UseTests {
  private let line = AuditLine(
    actor: "m-1", action: AuditAction(rawValue: "correct"), object: "entry", origin: "a test")
  private let leaf = UsageLeaf(
    funder: Example.id("state"), programme: Example.id("playground"), project: Example.longscan,
    member: Example.alice)
  private let end = Example.past + .hours(2)

  /// A run of longscan that used an hour and was charged it.
  private func ended(
    _ store: PostgresStore, at end: Instant? = nil, used: GPUTime = .hours(1),
    refund: EntryReason? = nil
  ) async throws -> RunID {
    let run = try await store.accepted().firstRun
    #expect(try await store.commit(Example.run(run)) == .done)
    let over = Example.end(used: used, at: end ?? self.end, refund: refund)
    #expect(try await store.perform(.ended(run, over)) == .done)
    return run
  }

  private func record(_ uses: [(GPUTime, Instant)]) -> UsageRecord {
    var record = UsageRecord()
    for (amount, end) in uses { record.add(amount, of: leaf, at: end) }
    return record
  }

  @Test("each run counts what it used, on the day of its end, also beyond its hold")
  func counted() async throws {
    try await withStore { store, _ in
      _ = try await ended(store)
      _ = try await ended(store, used: .hours(3))
      let next = end + .hours(30)
      _ = try await ended(store, at: next)
      let usage = try await store.snapshot().state.order.usage
      #expect(usage == record([(.hours(4), end), (.hours(1), next)]))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("what is given back, by policy or by hand, was never used; an overrun was")
  func givenBack() async throws {
    try await withStore { store, _ in
      _ = try await ended(store, refund: .nodeFailure)
      #expect(try await store.snapshot().state.order.usage == UsageRecord())
      _ = try await ended(store, used: .hours(3), refund: .nodeFailure)
      #expect(try await store.snapshot().state.order.usage == record([(.hours(2), end)]))
      let run = try await ended(store)
      let credit = Correction(
        id: EntryID("credit:a"), kind: .credit, corrects: .charge(run),
        amount: GPUTime(milliseconds: 1), reason: .miscount,
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
        effective: end + .hours(900))
      _ = try await store.post(.correct(credit), audit: line)
      let left = GPUTime.hours(3) - GPUTime(milliseconds: 1)
      #expect(try await store.snapshot().state.order.usage == record([(left, end)]))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("a process that begins anew reads what the one before knew, which read only what was new")
  func restart() async throws {
    try await withStore { store, database in
      for hours in 1...4 {
        _ = try await ended(store, at: end + .hours(Int64(hours) * 20))
        let known = try await store.snapshot().state.order
        let other = try await PostgresStore.open(conninfo: database.asDaemon)
        let read = try await other.snapshot().state.order
        await other.close()
        #expect(known == read)
        #expect(known.usage.byLeaf[leaf]?.days.isEmpty == false)
      }
    }
  }

  @Test("what a transaction that was long under way wrote is not missed")
  func late() async throws {
    try await withStore { store, database in
      let run = try await store.accepted().firstRun
      #expect(try await store.commit(Example.run(run)) == .done)
      // Another takes its number first, and ends while the picture is there.
      let before = try await database.number("SELECT pg_current_xact_id()::text::bigint")
      _ = try await ended(store)
      _ = try await store.snapshot()
      #expect(try await store.perform(.ended(run, Example.end(used: .hours(1)))) == .done)
      #expect(before > 0)
      #expect(try await store.snapshot().state.order.usage == record([(.hours(2), end)]))
    }
  }

  @Test("an audit finds a use that does not follow from the entries")
  func audited() async throws {
    try await withStore { store, database in
      _ = try await ended(store)
      #expect(try await store.audit().balanced)
      try await database.run("UPDATE use_day SET used_gpu_ms = used_gpu_ms + 1")
      #expect(try await store.audit().wrong == [Example.large])
      #expect(try await store.wrongBalances() == [Example.large])
      try await database.run("DELETE FROM use_day")
      #expect(try await store.audit().wrong == [Example.large])
    }
  }

  @Test("classes of service are kept as they are described, and removed")
  func classes() async throws {
    try await withStore { store, _ in
      let (spare, urgent) = (try #require(QOSName("spare")), try #require(QOSName("urgent")))
      var centre = Example.centre
      centre.qosClasses = [
        spare: QOSClass(
          id: spare, priority: 0,
          preemption: QOSClass.Preemption(signal: .term, notice: Seconds(90))),
        urgent: QOSClass(
          id: urgent, priority: 1_000_000, promiseAhead: .hours(24), projects: [Example.roads]),
      ]
      var fewer = centre
      fewer.qosClasses[urgent] = nil
      fewer.qosClasses[spare] = QOSClass(id: spare, priority: 7, projects: [])
      for (next, old) in [(centre, Example.centre), (fewer, centre), (Example.centre, fewer)] {
        #expect(
          try await store.replaceCentre(with: next, postings: [], ifStill: old, by: "m-1") == .done)
        #expect(try await store.centre() == next)
      }
    }
  }

  @Test("how the queue is put in order is kept as it is described, and goes back to the standard")
  func described() async throws {
    try await withStore { store, _ in
      var centre = Example.centre
      var weights = PriorityPolicy.Weights()
      weights.size = -7
      weights.age = 3
      var policy = PriorityPolicy(weights: weights, agePeriod: .hours(2))
      policy.halfLife = .hours(48)
      policy.entryChargeBasisPoints = 0
      policy.partitions = [Example.gpu: 5]
      centre.order = OrderRule(
        policy: policy,
        shares: ShareWeights(
          programmes: [Example.id("playground"): 2], projects: [Example.roads: 3],
          members: [Example.bob: 0]), promiseAhead: .minutes(3))
      var standard = Example.centre
      standard.order = .standard
      for (next, old) in [(centre, Example.centre), (standard, centre)] {
        #expect(
          try await store.replaceCentre(with: next, postings: [], ifStill: old, by: "m-1") == .done)
        #expect(try await store.centre() == next)
      }
      let read = try await store.snapshot().state.order
      #expect(read == OrderState(.standard))
      var first = Example.centre
      first.order = OrderRule(policy: nil)
      #expect(
        try await store.replaceCentre(
          with: first, postings: [], ifStill: standard, by: "m-1") == .done)
      let last = try await store.snapshot().state.order
      #expect(last == OrderState.firstCome)
    }
  }
}

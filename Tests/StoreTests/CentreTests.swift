// Why: what administrators describe must come back exactly, and only from the state they saw.
import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("the centre", .serialized, .timeLimit(.minutes(1)))
struct CentreTests {
  @Test("comes back as it was described, also in a store that is opened anew")
  func roundTrip() async throws {
    try await withStore { store, database in
      #expect(try await store.centre() == Example.centre)
      let second = try await PostgresStore.open(conninfo: database.conninfo)
      #expect(try await second.centre() == Example.centre)
      #expect(try await second.snapshot().state.centre == Example.centre)
      await second.close()
    }
  }

  @Test("a change is seen by every store at once")
  func changed() async throws {
    try await withStore { store, database in
      let second = try await PostgresStore.open(conninfo: database.conninfo)
      #expect(try await second.centre() == Example.centre)
      var next = Example.centre
      next.members[Example.alice] = Member(id: Example.alice, account: "bram", name: "A")
      next.members[Example.bob] = Member(id: Example.bob, account: "anouk", name: "B")
      next.nodes[Example.nodes[0]] = Node(
        name: Example.nodes[0], gpuType: "b200", capacity: .none, features: [Example.id("ib")],
        switches: [Example.id("row-2"), Example.id("rack-1")])
      next.partitions[Example.gpu] = Partition(
        name: Example.gpu, nodes: [Example.nodes[2]], wholeNodes: true,
        defaultTimeLimit: Seconds(1), maximumTimeLimit: Seconds(2), defaultsPerGPU: .none,
        rateCards: [
          Example.rateCard,
          RateCard(
            version: 2, inForceFrom: Example.past + Seconds(1),
            rates: Rates(perGPU: 1, perCPU: 2, perGiB: 3)),
        ])
      next.allocations[Example.fast] = nil
      next.members[Example.bob] = nil
      next.projects[Example.roads] = nil
      next.funders[Example.id("region")] = Funder(
        id: Example.id("region"), name: "", contributions: [], shares: [])
      let outcome = try await store.replaceCentre(
        with: next, postings: [], ifStill: Example.centre, by: "m-beheer")
      #expect(outcome == .done)
      #expect(try await second.centre() == next)
      await second.close()
    }
  }

  /// The example with another grant, or another end, of the fast allocation.
  private func changed(_ granted: GPUTime? = nil, until: Instant? = nil) throws -> Centre {
    var next = Example.centre
    let fast = try #require(next.allocations[Example.fast])
    next.allocations[Example.fast] = Allocation(
      id: fast.id, project: fast.project, programme: fast.programme,
      granted: granted ?? fast.granted,
      window: fast.window.lowerBound..<(until ?? fast.window.upperBound), opening: fast.opening)
    return next
  }

  @Test("an end in the past is stale if an entry was booked behind it since it was looked at")
  func bookedBehind() async throws {
    try await withStore { store, _ in
      let now = try await store.now()
      let next = try changed(until: now - Seconds(3600))
      let entry = Posting.grant(
        EntryID("grant:late"), Example.fast, .hours(1), effective: now - Seconds(1800))
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "post"), object: "books", origin: "a test")
      guard case .posted = try await store.post(entry, audit: line) else {
        throw Unexpected("not posted")
      }
      #expect(
        try await store.replaceCentre(
          with: next, postings: [], ifStill: Example.centre, by: "m") == .stale)
      #expect(try await store.centre() == Example.centre)
      // An end behind the last entry holds.
      let later = try changed(until: now - Seconds(1800))
      #expect(
        try await store.replaceCentre(
          with: later, postings: [], ifStill: Example.centre, by: "m") == .done)
    }
  }

  @Test("an apply that waits for the books sees what was booked meanwhile")
  func waitsForTheBooks() async throws {
    try await withStore { store, database in
      let now = try await store.now()
      let next = try changed(until: now - Seconds(3600))
      // It has begun to post, and is not done.
      let holder = try Server.pool(database.asDaemon)
      let gate = AsyncStream<Void>.makeStream()
      async let outcome = {
        for await _ in gate.stream { break }
        return try await store.replaceCentre(
          with: next, postings: [], ifStill: Example.centre, by: "m")
      }()
      try await holder.transaction { tx throws(PostgresError) in
        try tx.run(script: "SELECT pg_advisory_xact_lock_shared(7020530007)")
        gate.continuation.yield()
        try tx.run(
          script: """
            INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at, recorded_at,
              booked_at)
            VALUES ('grant:meanwhile', 'grant', 'roads-fast', 1, now(), now(), now())
            """)
      }
      await holder.close()
      #expect(try await outcome == .stale)
    }
  }

  @Test("an act that was judged by another description is not posted")
  func judgedByAnother() async throws {
    try await withStore { store, database in
      let transfer = Posting.transfer(
        Transfer(
          id: EntryID("transfer:x"), from: Example.large, to: Example.fast, amount: .hours(1),
          approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
          effective: try await store.now()))
      let line = AuditLine(actor: "m-1", action: .transfer, object: "books", origin: "a test")
      let next = try changed(.hours(10_001))
      #expect(try await store.post(transfer, ifStill: next, note: "n", audit: line) == nil)
      #expect(
        try await database.number("SELECT count(*) FROM audit_line WHERE action = 'transfer'") == 0)
      guard
        case .posted? = try await store.post(
          transfer, ifStill: Example.centre, note: "n", audit: line)
      else { throw Unexpected("not posted") }
    }
  }

  @Test("a raised grant is stale if so much was moved in since that it is more than may be awarded")
  func movedIn() async throws {
    try await withStore { store, _ in
      // 10,000 were granted, of 50,000 at most.
      let transfer = Transfer(
        id: EntryID("transfer:x"), from: Example.large, to: Example.fast, amount: .hours(20_000),
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: try await store.now())
      let line = AuditLine(actor: "m-1", action: .transfer, object: "books", origin: "a test")
      guard case .posted = try await store.post(.transfer(transfer), audit: line) else {
        throw Unexpected("not posted")
      }
      for (hours, outcome) in [(30_001, .stale), (30_000, .done)] as [(Int64, GuardedOutcome)] {
        let next = try changed(.hours(hours))
        let grant = Posting.grant(
          EntryID("grant:roads-fast:2"), Example.fast, .hours(hours - 10_000),
          effective: try await store.now())
        #expect(
          try await store.replaceCentre(
            with: next, postings: [grant], ifStill: Example.centre, by: "m") == outcome)
      }
    }
  }

  @Test("an apply that was made from another centre is stale and writes nothing")
  func stale() async throws {
    try await withStore { store, database in
      var next = Example.centre
      next.funders[Example.id("region")] = Funder(
        id: Example.id("region"), name: "Region", contributions: [], shares: [])
      let grant = Posting.grant(
        EntryID("grant:longscan-small:2"), Example.small, .hours(5), effective: Example.past)
      let before = try await store.balances()
      #expect(
        try await store.replaceCentre(
          with: next, postings: [grant], ifStill: Centre(), by: "m-beheer") == .stale)
      #expect(try await store.centre() == Example.centre)
      #expect(try await store.balances() == before)
      #expect(
        try await store.replaceCentre(
          with: next, postings: [grant], ifStill: Example.centre, by: "m-beheer") == .done)
      #expect(
        try await store.replaceCentre(
          with: next, postings: [grant], ifStill: Example.centre, by: "m-beheer") == .stale)
      #expect(try await store.balances()[Example.small]?.granted == .hours(6))
      #expect(try await database.number("SELECT count(*) FROM audit_line") == 2)
    }
  }

  @Test("a withdrawal of more than is left is stale, and the centre stays as it was")
  func withdrawal() async throws {
    try await withStore { store, _ async throws in
      var next = Example.centre
      next.funders[Example.id("region")] = Funder(
        id: Example.id("region"), name: "Region", contributions: [], shares: [])
      let withdrawal = Posting.withdraw(
        EntryID("withdrawal:longscan-small:2"), Example.small,
        .hours(1) + GPUTime(milliseconds: 1), effective: Example.past)
      #expect(
        try await store.replaceCentre(
          with: next, postings: [withdrawal], ifStill: Example.centre, by: "m") == .stale)
      #expect(try await store.centre() == Example.centre)
    }
  }

  @Test("a posting that stands already makes an apply stale: two others came and undid each other")
  func undone() async throws {
    try await withStore { store, _ async throws in
      let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
      let more = Posting.grant(
        EntryID("grant:longscan-small:2"), Example.small, .hours(1), effective: Example.past)
      guard case .posted = try await store.post(more, audit: line) else {
        throw Unexpected("not posted")
      }
      var next = Example.centre
      next.funders[Example.id("region")] = Funder(
        id: Example.id("region"), name: "Region", contributions: [], shares: [])
      #expect(
        try await store.replaceCentre(
          with: next, postings: [more], ifStill: Example.centre, by: "m") == .stale)
      #expect(try await store.centre() == Example.centre)
    }
  }

  @Test("a member who leaves is erased by name and stays as a subject")
  func erased() async throws {
    try await withStore { store, database in
      _ = try await store.accepted()
      var next = Example.centre
      next.members[Example.alice] = nil
      #expect(
        try await store.replaceCentre(
          with: next, postings: [], ifStill: Example.centre, by: "m") == .done)
      #expect(try await database.number("SELECT count(*) FROM person") == 1)
      #expect(try await store.sheets(SheetFilter()).first?.job.request.member == Example.alice)
    }
  }

  @Test("what an apply is checked against names what is busy")
  func context() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      #expect(try await store.commit(Example.run(job.firstRun)) == .done)
      let context = try await store.applyContext()
      #expect(context.centre == Example.centre)
      #expect(context.busyProjects == [Example.longscan])
      #expect(context.busyNodes == [Example.nodes[0], Example.nodes[1]])
      #expect(context.grantEntries == Example.centre.allocations.mapValues { _ in 1 })
      #expect(context.balances[Example.large]?.held == .hours(1))
    }
  }
}

// Why: a funder who reads last year's report again must read the same, whatever the centre is now.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("a closed period", .serialized, .timeLimit(.minutes(1)))
struct PeriodFactsTests {
  private static let month = AccountingPeriod(containing: Example.past)

  private static func report(
    _ store: PostgresStore, over period: Range<Instant> = month.interval,
    system: String = "a system"
  ) async throws -> String {
    let facts = try await store.accessTimeFacts(period: period, system: system)
    return AccessTimeReport(facts).report.csv
  }

  /// A run in the month, on a node that was up for a part of it.
  private static func live(_ store: PostgresStore) async throws {
    try await store.record(
      nodeStates: [
        .init(node: Example.nodes[0], at: month.start, up: true, gpus: 4),
        .init(node: Example.nodes[1], at: month.start, up: true, gpus: 4),
        .init(node: Example.nodes[1], at: Example.past, up: false, gpus: 4),
      ], weighings: [])
    let job = try await store.accepted()
    let run = Example.run(job.firstRun)
    _ = try await store.commit(run)
    _ = try await store.perform(
      .started(run.id, at: run.committed, weight: run.weight, slurmJobID: 1, devices: []))
    _ = try await store.perform(.ended(run.id, Example.end(used: .hours(1))))
  }

  private static func close(_ store: PostgresStore) async throws {
    let line = AuditLine(
      actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(month)",
      origin: "a test")
    guard case .closed = try await store.close(month, system: "a system", audit: line) else {
      throw Unexpected("the period was not closed")
    }
  }

  /// Everything that a report looks at becomes something else.
  static func overturn(_ centre: Centre) throws -> Centre {
    var next = centre
    let pace = try #require(PaceCurve([.init(time: 100, amount: 9_000)]))
    for (id, funder) in centre.funders {
      next.funders[id] = Funder(
        id: id, name: "\(funder.name) anew", contributions: funder.contributions,
        shares: [.init(from: Example.day("2020-01-01"), basisPoints: 5000)],
        commercialCapBasisPoints: 100)
    }
    for (id, programme) in centre.programmes {
      next.programmes[id] = Programme(
        id: id, name: "other", funder: Example.id("eurohpc"), mode: "\(programme.mode) 2",
        amount: programme.amount, maximumMonths: 3, demand: .closed, accessWorkingDays: 9,
        pace: pace)
    }
    for id in centre.organisations.keys {
      next.organisations[id] = Organisation(
        id: id, name: "other", type: .sme, country: "BE", sector: "food")
    }
    for (id, project) in centre.projects {
      next.projects[id] = Project(
        id: id, reference: "X", title: "Y", organisation: project.organisation,
        commercial: !project.commercial, members: project.members)
    }
    for (id, allocation) in centre.allocations {
      next.allocations[id] = Allocation(
        id: id, project: allocation.project, programme: Example.id("fast-lane"),
        granted: allocation.granted,
        window: allocation.window.lowerBound..<(allocation.window.upperBound + .hours(1)),
        opening: allocation.opening)
    }
    return next
  }

  @Test("has the same report, byte for byte, whatever becomes of the centre")
  func sameForEver() async throws {
    try await withStore { store, database in
      try await Self.live(store)
      let open = try await Self.report(store)
      try await Self.close(store)
      let closed = try await Self.report(store)
      // It says that it is closed, and nothing else is otherwise.
      let seal = try Regex("\(Self.month) closed [^,]+ form 5")
      #expect(closed != open && closed.replacing(seal, with: "\(Self.month) open") == open)
      let centre = try Self.overturn(Example.centre)
      let outcome = try await store.replaceCentre(
        with: centre, postings: [], ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      // What nobody can do but a superuser: a node that was recorded otherwise.
      try await database.run(
        """
        INSERT INTO node_change (node, at, up, gpus)
        SELECT 'gn09', at, true, 8 FROM node_change ORDER BY seq LIMIT 1
        """)
      #expect(try await Self.report(store, system: "renamed") == closed)
      // Days in it are of it; the month after it is not closed.
      let days = Self.month.start..<(Self.month.start + .hours(24 * 20))
      let some = try await store.accessTimeFacts(period: days, system: "a system")
      #expect(some.centre.funders[Example.id("state")]?.name == "State")
      let next = try await store.accessTimeFacts(
        period: Self.month.next.interval, system: "a system")
      #expect(next.centre.funders[Example.id("state")]?.name == "State anew")
      let both = try await store.accessTimeFacts(
        period: Self.month.start..<Self.month.next.end, system: "a system")
      #expect(both.centre.funders[Example.id("state")]?.name == "State anew")
    }
  }

  @Test("is closed with the entries that were told before, and its open runs are counted")
  func outlook() async throws {
    try await withStore { store, _ in
      try await Self.live(store)
      let job = try await store.accepted(Example.job(key: "second"))
      #expect(try await store.commit(Example.run(job.firstRun)) == .done)
      guard case .closes(let told) = try await store.outlook(onClosing: Self.month) else {
        throw Unexpected("the month can be closed")
      }
      #expect(told.unchargedRuns == 1 && told.end == Self.month.end)
      #expect(told.periods.map(\.period) == [Self.month])
      #expect(try await store.closedPeriods().isEmpty)
      try await Self.close(store)
      let closed = try await store.closedPeriods()
      #expect(closed.map(\.seal.sha256) == told.periods.map(\.seal.sha256))
      #expect(closed.map(\.seal.entryCount) == told.periods.map(\.seal.entryCount))
      #expect(try await store.outlook(onClosing: Self.month) == .alreadyClosed)
      guard case .closes(let next) = try await store.outlook(onClosing: Self.month.next.next)
      else { throw Unexpected("the months after it can be closed") }
      #expect(next.periods.map(\.period) == [Self.month.next, Self.month.next.next])
      let future = AccountingPeriod(containing: Example.future)
      #expect(try await store.outlook(onClosing: future) == .notOver(until: future.end))
    }
  }

  @Test("takes a late award as a fact of the open one, which names it")
  func lateAward() async throws {
    try await withStore { store, _ in
      try await Self.close(store)
      let standing = try #require(Example.centre.allocations[Example.small])
      let late: AllocationID = Example.id("longscan-late")
      var centre = Example.centre
      centre.allocations[late] = Allocation(
        id: late, project: standing.project, programme: standing.programme, granted: .hours(20),
        window: Example.past..<Example.future, opening: .hours(5))
      let outcome = try await store.replaceCentre(
        with: centre,
        postings: [
          .grant(EntryID("grant:late:1"), late, .hours(20), effective: Example.past),
          .open(EntryID("opening:late"), late, .hours(5), effective: Example.past),
        ], ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      let entries = try await store.entries(EntryFilter(allocation: late)).entries
      #expect(entries.map(\.kind) == [.grant, .opening])
      #expect(entries.allSatisfy { $0.belated == Self.month })
      #expect(entries.allSatisfy { $0.effective == Self.month.end })
      #expect(try await store.balances()[late]?.available == .hours(15))
      #expect(
        try await store.awarded(in: [Example.small, late]).late == [late: Self.month])
      #expect(try await store.applyContext().openFrom == Self.month.end)
    }
  }

  @Test("has a late award of its days in the report of the month that books it, and of no other")
  func lateAwardIsReported() async throws {
    try await withStore { store, _ in
      try await Self.close(store)
      let before = try await Self.report(store)
      let next = Self.month.next.interval
      let standing = try #require(Example.centre.allocations[Example.small])
      let late: AllocationID = Example.id("longscan-late")
      let inTime: AllocationID = Example.id("longscan-in-time")
      var centre = Example.centre
      // Both have their whole window in the closed month; the second was awarded in time.
      for id in [late, inTime] {
        centre.allocations[id] = Allocation(
          id: id, project: standing.project, programme: standing.programme, granted: .hours(20),
          window: Example.past..<Self.month.end, opening: .hours(5))
      }
      let outcome = try await store.replaceCentre(
        with: centre,
        postings: [
          .grant(EntryID("grant:late:1"), late, .hours(20), effective: Example.past),
          .open(EntryID("opening:late"), late, .hours(5), effective: Example.past),
          // Of the open month itself: not late, as what a rest is carried over by is not.
          .grant(EntryID("grant:in-time:1"), inTime, .hours(20), effective: next.lowerBound),
        ], ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      let facts = try await store.accessTimeFacts(period: next, system: "a system")
      #expect(facts.bookedLate == [late])
      #expect(facts.granted[late] == .hours(20) && facts.used[late] == .hours(5))
      #expect(facts.delivered[late] == nil)
      let days = (Self.month.next.start + .hours(24))..<next.upperBound
      #expect(try await store.accessTimeFacts(period: days, system: "").bookedLate == [])
      let all = Self.month.start..<next.upperBound
      #expect(try await store.accessTimeFacts(period: all, system: "").bookedLate == [late])
      #expect(try await Self.report(store) == before, "the closed month's is as it was")
    }
  }

  @Test("has a correction of what was taken over in the report of the month that books it")
  func correctionIsReported() async throws {
    try await withStore { store, _ in
      let old: AllocationID = Example.id("longscan-old")
      let standing = try #require(Example.centre.allocations[Example.small])
      var centre = Example.centre
      centre.allocations[old] = Allocation(
        id: old, project: standing.project, programme: standing.programme, granted: .hours(20),
        window: Example.past..<Self.month.end, opening: .hours(5))
      let outcome = try await store.replaceCentre(
        with: centre,
        postings: [
          .grant(EntryID("grant:old:1"), old, .hours(20), effective: Example.past),
          .open(EntryID("opening:old"), old, .hours(5), effective: Example.past),
        ], ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      try await Self.close(store)
      let before = try await Self.report(store)
      let next = Self.month.next.interval
      #expect(try await store.accessTimeFacts(period: next, system: "").bookedLate == [])
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "correct"), object: "opening:old",
        origin: "a test")
      let result = try await store.post(
        .correct(
          Correction(
            id: EntryID("credit:by-hand-1"), kind: .credit, corrects: EntryID("opening:old"),
            amount: .hours(2), reason: .miscount,
            approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
            effective: next.lowerBound + .hours(30))), audit: line)
      guard case .posted = result else { throw Unexpected("\(result)") }
      let facts = try await store.accessTimeFacts(period: next, system: "")
      #expect(facts.bookedLate == [old] && facts.used[old] == .hours(3))
      #expect(facts.delivered[old] == nil)
      #expect(try await Self.report(store) == before)
    }
  }

  @Test("that was closed without a form has the first, and a new one freezes the current one")
  func forms() async throws {
    try await withStore { store, database in
      try await Self.close(store)
      let late: AllocationID = Example.id("longscan-late")
      let standing = try #require(Example.centre.allocations[Example.small])
      var centre = Example.centre
      centre.allocations[late] = Allocation(
        id: late, project: standing.project, programme: standing.programme, granted: .hours(20),
        window: Example.past..<Self.month.end, opening: .zero)
      let outcome = try await store.replaceCentre(
        with: centre,
        postings: [.grant(EntryID("grant:late:1"), late, .hours(20), effective: Example.past)],
        ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      let next = Self.month.next
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(next)",
        origin: "a test")
      guard case .closed = try await store.close(next, system: "a system", audit: line) else {
        throw Unexpected("the period was not closed")
      }
      func facts(_ system: String = "a system") async throws -> AccessTimeFacts {
        try await store.accessTimeFacts(period: next.interval, system: system)
      }
      let second = try await facts()
      #expect(second.form == .current && second.bookedLate == [late])
      #expect(second.months.map(\.closing?.form) == [.current])
      let told = AccessTimeReport(second).report
      // A still later award, of the same days, is of the month that books it.
      let later: AllocationID = Example.id("longscan-later")
      var more = centre
      more.allocations[later] = Allocation(
        id: later, project: standing.project, programme: standing.programme, granted: .hours(20),
        window: Example.past..<Self.month.end, opening: .zero)
      #expect(
        try await store.replaceCentre(
          with: more,
          postings: [.grant(EntryID("grant:later:1"), later, .hours(20), effective: Example.past)],
          ifStill: centre, by: "m-1") == .done)
      let again = AccessTimeReport(try await facts()).report
      #expect(again.csv == told.csv && again.notes == told.notes)
      // As an earlier version closed it: the same facts, without a form.
      let old = PeriodFacts(
        next.interval, form: .first, system: "a system", centre: centre, nodeChanges: []
      ).bytes
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE period_facts SET facts = convert_to('\(String(decoding: old, as: UTF8.self))', 'UTF8')
        """)
      let first = try await facts()
      #expect(first.form == .first && first.bookedLate == [])
      #expect(AccessTimeReport(first).report.notes[1].hasSuffix("charged or refunded in it."))
      // And before there were facts.
      try await database.run(
        "SET LOCAL session_replication_role = replica; DELETE FROM period_facts")
      #expect(try await facts().form == .first)
      #expect(try await facts().months.map(\.closing?.form) == [.first])
      #expect(
        try await store.accessTimeFacts(period: next.next.interval, system: "").form == .current)
    }
  }

  @Test("is sealed with facts of one moment, though the centre changes while they are read")
  func onePicture() async throws {
    try await withStore { store, database in
      try await Self.live(store)
      // Whoever seals reads the nodes last, and waits for them here, until all has changed.
      let other = try Server.pool(database.conninfo)
      let isBlocked = Statement(
        """
        SELECT count(*) FROM pg_locks
        WHERE NOT granted AND relation = 'node_change'::regclass
        """)
      let locked = AsyncStream<Void>.makeStream()
      async let changed: Void = other.transaction { tx throws(PostgresError) in
        try tx.run(script: "LOCK TABLE node_change IN ACCESS EXCLUSIVE MODE")
        locked.continuation.yield()
        // Bounded by the lock timeout of who waits.
        while try tx.query(isBlocked).only().int64(0) == 0 {}
        try tx.run(
          script: """
            UPDATE project SET commercial = NOT commercial;
            INSERT INTO node_change (node, at, up, gpus)
            SELECT 'gn09', at, true, 8 FROM node_change ORDER BY seq LIMIT 1
            """)
      }
      for await _ in locked.stream { break }
      try await Self.close(store)
      try await changed
      await other.close()
      let facts = try await store.accessTimeFacts(period: Self.month.interval, system: "")
      #expect(facts.centre.projects[Example.roads]?.commercial == true, "as before the change")
      #expect(!facts.nodeChanges.contains { $0.node.text == "gn09" }, "and so are the nodes")
      #expect(facts.system == "a system")
    }
  }

  @Test("says so when its frozen facts were changed or taken away")
  func damaged() async throws {
    try await withStore { store, database in
      try await Self.live(store)
      try await Self.close(store)
      let administration = StoreAdministration(conninfo: database.conninfo)
      try await administration.migrate()
      #expect(try await store.brokenSeals() == [])
      #expect(try await administration.verify().faults == [])
      for damage in [
        "UPDATE period_facts SET facts = facts || '\\x00'", "DELETE FROM period_facts",
      ] {
        await #expect(throws: PostgresError.self) { try await database.run(damage) }
        try await database.run(
          "SET LOCAL session_replication_role = replica; " + damage)
        let broken = try await store.brokenSeals()
        #expect(broken.map(\.period) == [Self.month])
        #expect(broken.allSatisfy { $0.areFactsOthers && !$0.areEntriesOthers })
        let faults = try await administration.verify().faults
        #expect(faults.count == 1 && faults[0].contains("frozen facts"), "\(faults)")
      }
    }
  }

  @Test("one whose closing was interrupted is named, and is sealed by the next daemon")
  func interrupted() async throws {
    try await withStore { store, database in
      try await Self.live(store)
      try await Self.close(store)
      let sealed = try await store.closedPeriods()
      let administration = StoreAdministration(conninfo: database.conninfo)
      try await administration.migrate()
      // As if the daemon had died between the two steps.
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        DELETE FROM period_facts; DELETE FROM accounting_period
        """)
      let faults = try await administration.verify().faults
      #expect(
        faults.count == 1 && faults[0].hasPrefix("period \(Self.month) was closed"), "\(faults)")
      #expect(try await store.sealClosed(of: "a system").map(\.seal) == sealed.map(\.seal))
      #expect(try await store.sealClosed(of: "a system").isEmpty)
      #expect(try await administration.verify().faults == [])
    }
  }
}

// Why: an act by hand that waited for others spends what came in meanwhile. Effective before that, the
// balance as of a moment between was below zero; likewise a hold, which is effective when it was decided.
import Domain
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("when acts by hand are effective", .serialized, .timeLimit(.minutes(1)))
struct ActTimeTests {
  private static let opening = EntryID("opening:longscan-small")
  private static let approval = Approval(requestedBy: "m-1", approvedBy: "m-2")

  /// Each takes two hours from an allocation that has less at first.
  private static let acts: [Posting] = [
    .transfer(
      Transfer(
        id: EntryID("transfer:by-hand-a"), from: Example.small, to: Example.large,
        amount: .hours(2), approval: approval, effective: nil)),
    .correct(
      Correction(
        id: EntryID("debit:by-hand-a"), kind: .debit, corrects: opening, amount: .hours(2),
        reason: .miscount, approval: approval, effective: nil)),
    .withdraw(EntryID("withdrawal:by-hand-a"), Example.small, .hours(2), effective: nil),
    .deferral(EntryID("deferral:by-hand-a"), Example.small, .hours(2), effective: nil),
  ]

  private static let isBlocked = Statement(
    """
    SELECT count(*) FROM pg_locks waits
    WHERE NOT granted AND EXISTS (
      SELECT FROM pg_locks has JOIN pg_database base ON base.oid = has.database
      WHERE has.pid = waits.pid AND base.datname = current_database())
    """)

  @Test(
    "what is taken back, put off or released is effective with the latest entry, if that is ahead")
  func ahead() async throws {
    try await withStore { store, _ async throws in
      let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
      let later = try await store.now() + .hours(48)
      let id = Example.small
      for posting: Posting in [
        .grant(EntryID("grant:ahead"), id, .hours(5), effective: later),
        .withdraw(EntryID("withdrawal:ahead"), id, .hours(2), effective: nil),
        .deferral(EntryID("deferral:ahead"), id, .hours(2), effective: nil),
        .instalment(EntryID("instalment:ahead"), id, .hours(1), effective: nil),
      ] {
        guard case .posted(let entries) = try await store.post(posting, audit: line) else {
          throw Unexpected("not posted")
        }
        #expect(entries.map(\.effective) == [later], "\(posting)")
      }
    }
  }

  @Test("not before what came in while they waited", arguments: acts)
  func afterWait(act: Posting) async throws {
    try await withStore { store, database in
      let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
      let opened = Posting.open(
        Self.opening, Example.small, GPUTime(milliseconds: 60_000), effective: Example.past)
      guard case .posted = try await store.post(opened, audit: line) else {
        throw Unexpected("not posted")
      }
      let other = try Server.pool(database.conninfo)
      let locked = AsyncStream<Void>.makeStream()
      async let came: Void = other.transaction { tx throws(PostgresError) in
        try tx.run(
          script: """
            SELECT FROM allocation_balance WHERE allocation = 'longscan-small' FOR UPDATE
            """)
        locked.continuation.yield()
        // Bounded by the lock timeout of who waits.
        while try tx.query(Self.isBlocked).only().int64(0) == 0 {}
        try tx.run(
          script: """
            INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at,
              recorded_at, booked_at)
            SELECT 'grant:came', 'grant', 'longscan-small', 7200000, at, at, at
            FROM date_trunc('milliseconds', clock_timestamp()) AS at
            """)
      }
      for await _ in locked.stream { break }
      guard case .posted(let entries) = try await store.post(act, audit: line) else {
        throw Unexpected("not posted")
      }
      try await came
      await other.close()
      let grant = try #require(try await store.standing([EntryID("grant:came")]).first)
      #expect(entries.allSatisfy { $0.effective >= grant.effective })
      #expect(entries.allSatisfy { $0.recorded >= $0.effective })
      try await expectNeverBelowZero(store)
    }
  }

  @Test("a start that was decided before something else was taken is decided once more")
  func decidedBefore() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      func run(at moment: Instant) -> RunRecord {
        Example.run(job.firstRun, from: Example.small, hold: .hours(1), at: moment)
      }
      let decided = try await store.now()
      for (id, from, to) in [
        ("there", Example.small, Example.large), ("back", Example.large, Example.small),
      ] {
        try await Self.transfer(id, from, to, store)
      }
      #expect(try await store.commit(run(at: decided)) == .stale)
      try await Self.passMillisecond(store)
      #expect(try await store.commit(run(at: try await store.now())) == .done)
      try await expectNeverBelowZero(store)
    }
  }

  @Test("a longer limit takes as well, and a start that was decided before it is decided once more")
  func extendedBetween() async throws {
    try await withStore { store, _ in
      let jobs = [try await store.accepted(), try await store.accepted()]
      let now = try await store.now()
      #expect(try await store.commit(Example.run(jobs[0].firstRun, at: now)) == .done)
      _ = try await store.perform(
        .started(
          jobs[0].firstRun, at: now, weight: Weight(thousandths: 1000), slurmJobID: 7, devices: []))
      let decided = try await store.now()
      let change = LimitChange(
        limit: Example.hour + .minutes(10), grace: .zero, maximum: .hours(24))
      let extended = try await store.change(limitOf: jobs[0].task, to: change)
      guard case .done = extended else { throw Unexpected("\(extended)") }
      #expect(try await store.commit(Example.run(jobs[1].firstRun, at: decided)) == .stale)
      try await Self.passMillisecond(store)
      let later = try await store.now()
      #expect(try await store.commit(Example.run(jobs[1].firstRun, at: later)) == .done)
      try await expectNeverBelowZero(store)
    }
  }

  @Test("what is taken ahead of its time holds no start up")
  func takenAhead() async throws {
    try await withStore { store, _ in
      let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
      let now = try await store.now()
      let ahead = Posting.withdraw(
        EntryID("withdrawal:1"), Example.small, GPUTime(milliseconds: 1),
        effective: now + .hours(24))
      guard case .posted = try await store.post(ahead, audit: line) else {
        throw Unexpected("not posted")
      }
      let job = try await store.accepted()
      let run = Example.run(
        job.firstRun, from: Example.small, hold: GPUTime(milliseconds: 1000), at: now)
      #expect(try await store.commit(run) == .done)
    }
  }

  private static func transfer(
    _ id: String, _ from: AllocationID, _ to: AllocationID, _ store: PostgresStore
  ) async throws {
    let transfer = Transfer(
      id: EntryID("transfer:\(id)"), from: from, to: to, amount: .hours(1), approval: approval,
      effective: nil)
    let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
    guard case .posted = try await store.post(.transfer(transfer), audit: line) else {
      throw Unexpected("not posted")
    }
  }

  /// Moments are milliseconds: what is of the same one may be before or after.
  private static func passMillisecond(_ store: PostgresStore) async throws {
    let began = try await store.now()
    while try await store.now() == began {}
  }

  /// As of no moment is less than nothing available.
  private func expectNeverBelowZero(_ store: PostgresStore) async throws {
    for moment in Set(try await store.entries(of: Example.longscan).map(\.effective)).sorted() {
      let balances = try await store.balances(
        of: [Example.small, Example.large],
        effectiveBefore: Instant(milliseconds: moment.milliseconds + 1), recordedBefore: nil)
      #expect(balances.values.allSatisfy { $0.available >= .zero }, "as of \(moment)")
    }
  }
}

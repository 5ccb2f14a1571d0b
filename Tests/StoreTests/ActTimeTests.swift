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
  ]

  private static let isBlocked = Statement(
    """
    SELECT count(*) FROM pg_locks waits
    WHERE NOT granted AND EXISTS (
      SELECT FROM pg_locks has JOIN pg_database base ON base.oid = has.database
      WHERE has.pid = waits.pid AND base.datname = current_database())
    """)

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
      let line = AuditLine(actor: "m-1", action: .correct, object: "books", origin: "a test")
      let jobs = [try await store.accepted(), try await store.accepted()]
      let decided = try await store.now()
      for (id, from, to) in [
        ("there", Example.small, Example.large), ("back", Example.large, Example.small),
      ] {
        let transfer = Transfer(
          id: EntryID("transfer:\(id)"), from: from, to: to, amount: .hours(1),
          approval: Self.approval, effective: nil)
        guard case .posted = try await store.post(.transfer(transfer), audit: line) else {
          throw Unexpected("not posted")
        }
      }
      func run(_ job: JobRecord, at moment: Instant) -> RunRecord {
        Example.run(
          job.firstRun, from: Example.small, hold: GPUTime(milliseconds: 1_800_000), at: moment)
      }
      let adopted = Transition.adopted(
        jobs[1].task, run(jobs[1], at: decided), slurmJobID: 7)
      #expect(try await store.commit(run(jobs[0], at: decided)) == .stale)
      #expect(try await store.perform(adopted) == .stale)
      let now = try await store.now()
      #expect(try await store.commit(run(jobs[0], at: now)) == .done)
      #expect(
        try await store.perform(
          .adopted(jobs[1].task, run(jobs[1], at: now), slurmJobID: 7)) == .done)
      #expect(try await store.balances()[Example.small]?.held == .hours(1))
      try await expectNeverBelowZero(store)
    }
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

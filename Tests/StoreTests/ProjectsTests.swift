// Why: the figures of an award come from four readings; they must be of one moment, and sum to what the
// report of access time tells.
import Domain
import Ledger
import Lifecycle
import Postgres
import Reporting
import Services
import Store
import Testing

@Suite("the report of projects", .serialized, .timeLimit(.minutes(1)))
struct ProjectsTests {
  private static let line = AuditLine(
    actor: "m-1", action: AuditAction(rawValue: "correct"), object: "entry", origin: "a test")

  /// A run of a new job, or of one that has run before, that used an hour.
  @discardableResult
  private func ended(
    _ store: PostgresStore, _ run: RunID? = nil, from allocation: AllocationID = Example.large,
    at end: Instant, requeued: Bool = false, refund: EntryReason? = nil
  ) async throws -> RunID {
    let first =
      if let run { run } else {
        try await store.accepted(Example.job(Example.request(requeue: requeued))).firstRun
      }
    let run = Example.run(first, from: allocation, at: end - .hours(1))
    #expect(try await store.commit(run) == .done)
    let outcome: TaskOutcome = requeued ? .nodeFailed : .completed
    #expect(
      try await store.perform(
        .ended(
          run.id,
          RunEnd(
            start: end - .hours(1), end: end, outcome: outcome, exitCode: 0, signal: 0,
            used: .hours(1), refund: refund, requeued: requeued))) == .done)
    return run.id
  }

  private func report(
    _ store: PostgresStore, over period: Range<Instant>
  ) async throws -> Report {
    let facts = try await store.projectsFacts(period: period, system: "s")
    let report = ProjectsReport(facts).report
    let access = AccessTimeReport(
      try await store.accessTimeFacts(period: period, system: "s")
    ).report
    for row in report.rows where row[4] == "all" {
      let told = try #require(access.rows.first { $0[2] == row[2] && $0[3] == "all" })
      #expect([row[5], row[9], row[7]] == [told[5], told[6], told[7]], "\(row[2]) over \(period)")
    }
    let told = report.rows.filter { $0[4] != "all" }.map(\.self)
    let sum = facts.access.countedAllocations { _ in true }
      .reduce(GPUTime.zero) { $0 + (facts.access.delivered[$1.id] ?? .zero) }
    #expect(report.rows.last?[9] == sum.hoursText() && !told.isEmpty)
    return report
  }

  private func row(_ report: Report, _ allocation: AllocationID) throws -> [String] {
    // Awarded, used, used %, expected %, delivered, refunded, jobs.
    Array(try #require(report.rows.first { $0[4] == allocation.text })[5...11])
  }

  @Test(
    "jobs count once, what was given back is told, and a period that cuts days has what is in it")
  func figures() async throws {
    try await withStore { store, _ in
      let end = Example.past + .hours(30)
      let again = try await ended(store, at: end, requeued: true, refund: .nodeFailure)
      try await ended(store, RunID(task: again.task, attempt: 2), at: end + .hours(2))
      let given = try await ended(store, at: end + .hours(4))
      try await ended(store, from: Example.fast, at: end + .hours(4))
      let credit = Correction(
        id: EntryID("credit:a"), kind: .credit, corrects: .charge(given),
        amount: GPUTime(milliseconds: 1_800_000), reason: .miscount,
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"), effective: end + .hours(50))
      guard case .posted = try await store.post(.correct(credit), audit: Self.line) else {
        throw Unexpected("the credit was refused")
      }
      let month = AccountingPeriod(containing: end).interval
      let whole = try await report(store, over: month)
      // Of its opening seven hours stand in used.
      let large = try row(whole, Example.large)
      #expect(large[0...1] == ["40000.0000", "8.5000"])
      #expect(large[4...6] == ["1.5000", "1.5000", "2"])
      #expect(try row(whole, Example.fast)[4...6] == ["1.0000", "0.0000", "1"])
      let tick = Instant(milliseconds: end.milliseconds + 1)
      // The node failed at the end of the first run: charged and given back in one instant.
      #expect(
        try row(try await report(store, over: (end - .hours(2))..<tick), Example.large)[4...6]
          == ["0.0000", "1.0000", "1"])
      #expect(
        try row(try await report(store, over: tick..<(end + .hours(50))), Example.large)[4...6]
          == ["2.0000", "0.0000", "2"])
      let late = (end + .hours(50))..<(end + .hours(51))
      #expect(
        try row(try await report(store, over: late), Example.large)[4...6]
          == ["-0.5000", "0.5000", "0"])
      let page = whole.rows.first { $0[4] == Example.fast.text }
      #expect(page?[12] == "EHPC-AIF-2026PG01-1001" && page?[14] == "commercial")
      #expect(
        page?.suffix(7).prefix(5) == ["T", "umcg", "public administration", "NL", "health care"])
    }
  }

  @Test(
    "a closed month keeps its figures, and all that it tells of projects, as sealed by form 4 not titles"
  )
  func closed() async throws {
    try await withStore { store, database in
      let end = Example.past + .hours(30)
      try await ended(store, at: end)
      let month = AccountingPeriod(containing: end)
      let before = try await report(store, over: month.interval)
      guard
        case .closed = try await store.close(month, system: "s", audit: Self.line)
      else { throw Unexpected("the period was not closed") }
      var centre = Example.centre
      let standing = try #require(centre.projects[Example.roads])
      centre.projects[Example.roads] = Project(
        id: standing.id, reference: "new", title: "New", organisation: standing.organisation,
        commercial: false, members: standing.members)
      let organisation = try #require(centre.organisations[standing.organisation])
      centre.organisations[standing.organisation] = Organisation(
        id: organisation.id, name: "N", type: .sme, country: "BE", sector: "food")
      #expect(
        try await store.replaceCentre(
          with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
      let after = try await report(store, over: month.interval)
      #expect(after.rows.map { Array($0[2...22]) } == before.rows.map { Array($0[2...22]) })
      // As it was sealed by the version before.
      let facts = PeriodFacts(
        month.interval, form: .fourth, system: "s", centre: Example.centre, nodeChanges: [])
      let text = String(decoding: facts.bytes, as: UTF8.self)
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE period_facts SET facts = convert_to('\(text)', 'UTF8')
        """)
      let old = try await report(store, over: month.interval)
      #expect(old.rows.map { Array($0[2...11]) } == before.rows.map { Array($0[2...11]) })
      let row = try #require(old.rows.first { $0[4] == Example.fast.text })
      #expect(row[12] == "new" && row[14] == "commercial")
      #expect(row[18...22] == ["New", "umcg", "public administration", "BE", "food"])
    }
  }
}

// Why: a person can ask to be forgotten, and an auditor can ask for the sums of ten years ago.
import Domain
import Ledger
import Lifecycle
import Reporting
import Services
import Store
import Testing

@Suite("what is kept of persons", .serialized, .timeLimit(.minutes(1)))
struct PersonalDataTests {
  private static let line = AuditLine(
    actor: "m-beheer", action: .eraseSubject, object: "member m-alice", origin: "a test")

  /// A job of Alice's that ran, was charged and refunded, with its key.
  private func ended(in store: PostgresStore) async throws -> JobRecord {
    let job = try await store.accepted(Example.job(key: "my-key"))
    let run = Example.run(job.firstRun)
    #expect(try await store.commit(run) == .done)
    let end = Example.end(used: .hours(1), outcome: .nodeFailed, refund: .nodeFailure)
    #expect(try await store.perform(.ended(run.id, end)) == .done)
    return job
  }

  /// The centre without Alice in any project.
  private func dismiss(from store: PostgresStore) async throws {
    var next = Example.centre
    for (id, project) in next.projects {
      next.projects[id] = Project(
        id: id, reference: project.reference, title: project.title,
        organisation: project.organisation, commercial: project.commercial,
        members: project.members.filter { $0.member != Example.alice })
    }
    #expect(
      try await store.replaceCentre(
        with: next, postings: [], ifStill: Example.centre, by: "m") == .done)
  }

  private func facts(_ store: PostgresStore) async throws -> [UInt8] {
    let facts = try await store.accessTimeFacts(
      period: Example.past..<(Example.past + .hours(48)), system: "Test")
    return Array(AccessTimeReport(facts).report.csv.utf8)
  }

  @Test("erasing takes all that names a person, and no sum, entry or report changes")
  func erased() async throws {
    try await withStore { store, database async throws in
      let job = try await ended(in: store)
      try await dismiss(from: store)
      let balances = try await store.balances()
      let entries = try await store.entries(of: Example.longscan)
      let report = try await facts(store)
      #expect(
        try await store.erase(Example.alice, audit: Self.line)
          == .done(jobNames: 1, payloads: 1, notes: 0))
      #expect(try await store.applyContext().erased == [Example.alice])
      #expect(try await store.balances() == balances)
      #expect(try await store.entries(of: Example.longscan) == entries)
      #expect(try await facts(store) == report)
      #expect(try await store.centre().members[Example.alice] == nil)
      #expect(try await store.payload(of: job.id) == nil)
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.job.request.name == "erased")
      #expect(sheet.job.request.member == Example.alice)
      let dump = """
        SELECT (SELECT string_agg(t::text, '') FROM (
          SELECT job::text FROM job UNION ALL SELECT person::text FROM person
          UNION ALL SELECT job_payload::text FROM job_payload
          UNION ALL SELECT audit_line::text FROM audit_line) AS t)
        """
      let kept = try await database.text(dump)
      for trace in ["anouk", "train", "my-key", "/home"] {
        #expect(!kept.contains(trace), "\(trace)")
      }
      #expect(try await store.verifyAudit().finding == nil)
      let last = try #require(try await store.auditLines(AuditFilter(limit: 1)).first)
      #expect(last.line == Self.line)
      #expect(
        try await store.erase(Example.alice, audit: Self.line)
          == .done(jobNames: 0, payloads: 0, notes: 0))
    }
  }

  /// A correction of what a job cost, or a transfer without one, with a note.
  private func act(
    _ store: PostgresStore, _ key: String, on run: RunID? = nil, _ note: String
  ) async throws -> EntryID {
    let approval = Approval(requestedBy: "m-1", approvedBy: "m-2")
    let (id, posting): (EntryID, Posting)
    if let run {
      id = EntryID("credit:by-hand-\(key)")
      posting = .correct(
        Correction(
          id: id, kind: .credit, corrects: .charge(run), amount: GPUTime(milliseconds: 1),
          reason: .goodwill, approval: approval, effective: try await store.now()))
    } else {
      id = EntryID("transfer:by-hand-\(key)")
      posting = .transfer(
        Transfer(
          id: id, from: Example.large, to: Example.small, amount: GPUTime(milliseconds: 1),
          approval: approval, effective: try await store.now()))
    }
    guard case .posted = try await store.post(posting, note: note, audit: Self.line) else {
      throw Unexpected("\(key) was not posted")
    }
    return id
  }

  @Test("notes that name a member, or correct the member's runs, are erased with the member")
  func notesOfMember() async throws {
    try await withStore { store, database async throws in
      let job = try await store.accepted()
      #expect(try await store.commit(Example.run(job.firstRun)) == .done)
      #expect(
        try await store.perform(.ended(job.firstRun, Example.end(used: .hours(1)))) == .done)
      let gone = [
        try await act(store, "a", on: job.firstRun, "a node was slow"),
        try await act(store, "b", "asked for by Anouk."),
        try await act(store, "c", "see m-alice, by mail"),
        try await act(store, "d", "ANOUK é 'x' moves house"),
      ]
      let kept = try await act(store, "e", "anouks of this world")
      try await dismiss(from: store)
      #expect(
        try await store.erase(Example.alice, audit: Self.line)
          == .done(jobNames: 1, payloads: 1, notes: 4))
      #expect(try await store.notes(of: gone + [kept]).keys.sorted() == [kept])
      #expect(try await database.number("SELECT count(*) FROM act_note") == 1)
      await #expect(throws: (any Error).self) {
        try await database.run("UPDATE act_note SET note = 'x'")
      }
    }
  }

  @Test("a job that never ran is kept from its end on, not from its submission")
  func neverRan() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      #expect(try await store.perform(.dropped(job.task, .cancelled, cause: "")) == .done)
      // As if it had waited for a hundred days.
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE job SET submitted_at = submitted_at - interval '100 d'
        """)
      let policy = RetentionPolicy(
        payloads: .days(30), paths: .days(30), jobNames: .days(30), notes: .days(30))
      #expect(try await store.retentionDue(policy).isZero)
      #expect(try await store.applyRetention(policy, limit: 10).isZero)
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE task SET ended_at = ended_at - interval '40 d'
        """)
      let all = RetentionCounts(payloads: 1, paths: 1, jobNames: 1)
      #expect(try await store.retentionDue(policy) == all)
      #expect(try await store.applyRetention(policy, limit: 10) == all)
    }
  }

  @Test("one note is erased by its act, once, and its entries stay")
  func oneNote() async throws {
    try await withStore { store, _ in
      let gone = try await act(store, "a", "for de heer Jansen")
      let kept = try await act(store, "b", "for a course")
      let before = try await store.entries(EntryFilter(limit: 1000)).entries
      let line = AuditLine(
        actor: "m-beheer", action: .eraseNote, object: "note of \(gone)", origin: "a test")
      #expect(try await store.eraseNote(of: gone, audit: line))
      #expect(try await store.eraseNote(of: gone, audit: line) == false)
      #expect(try await store.notes(of: [gone, kept]).keys.sorted() == [kept])
      #expect(try await store.entries(EntryFilter(limit: 1000)).entries == before)
      let lines = try await store.auditLines(AuditFilter(action: "erase-note", limit: 10))
      #expect(lines.map(\.line) == [line])
    }
  }

  @Test("notes are erased when they were kept as long as the policy says")
  func oldNotes() async throws {
    try await withStore { store, database async throws in
      let old = try await act(store, "a", "of long ago")
      let new = try await act(store, "b", "of today")
      // As if it had been written then.
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE act_note SET written_at = written_at - interval '100 d' WHERE act = '\(old.text)'
        """)
      #expect(try await store.retentionDue(RetentionPolicy()).isZero)
      let policy = RetentionPolicy(notes: .days(90))
      let one = RetentionCounts(payloads: 0, paths: 0, jobNames: 0, notes: 1)
      #expect(try await store.retentionDue(policy) == one)
      #expect(try await store.applyRetention(policy, limit: 10) == one)
      #expect(try await store.applyRetention(policy, limit: 10).isZero)
      #expect(try await store.notes(of: [old, new]).keys.sorted() == [new])
    }
  }

  @Test("nobody is erased whose jobs are open or whom a project names, nor who never was")
  func refused() async throws {
    try await withStore { store, _ async throws in
      let before = try await store.auditStanding().head
      #expect(
        try await store.erase(Example.alice, audit: Self.line)
          == .inProjects([Example.longscan, Example.roads]))
      let job = try await store.accepted()
      #expect(try await store.erase(Example.alice, audit: Self.line) == .hasOpenJobs([job.id]))
      #expect(try await store.erase(Example.id("m-none"), audit: Self.line) == .unknown)
      #expect(try await store.auditStanding().head == before)
      #expect(try await store.centre() == Example.centre)
    }
  }

  @Test("a member's jobs are exported in order, in parts, with what was sent for them")
  func exported() async throws {
    try await withStore { store, _ async throws in
      let first = try await ended(in: store)
      let second = try await store.accepted()
      let page = try await store.jobs(of: Example.alice, after: nil, limit: 1)
      #expect(page.map(\.sheet.job.id) == [first.id])
      #expect(page.first?.payload == Example.payload)
      let rest = try await store.jobs(of: Example.alice, after: first.id, limit: 9)
      #expect(rest.map(\.sheet.job.id) == [second.id])
      #expect(try await store.jobs(of: Example.bob, after: nil, limit: 9).isEmpty)
    }
  }

  @Test("what was kept long enough is erased by category, in batches, and the log tells how much")
  func retention() async throws {
    try await withStore { store, database async throws in
      let old = try await ended(in: store)
      let older = try await cancelled(in: store)
      let open = try await store.accepted()
      try await database.run(
        """
        SET LOCAL session_replication_role = replica;
        UPDATE job SET submitted_at = submitted_at - interval '40 d'
        WHERE number = \(old.id.number);
        UPDATE task SET ended_at = ended_at - interval '40 d' WHERE job = \(old.id.number);
        UPDATE job SET submitted_at = submitted_at - interval '500 d'
        WHERE number IN (\(older.id.number), \(open.id.number));
        UPDATE task SET ended_at = ended_at - interval '500 d' WHERE job = \(older.id.number)
        """)
      let policy = RetentionPolicy()
      #expect(
        try await store.retentionDue(policy) == RetentionCounts(payloads: 2, paths: 1, jobNames: 1))
      #expect(
        try await store.applyRetention(policy, limit: 1)
          == RetentionCounts(payloads: 1, paths: 1, jobNames: 1))
      _ = try await store.applyRetention(policy, limit: 1)
      #expect(try await store.applyRetention(policy, limit: 1).isZero)
      #expect(try await store.retentionDue(policy).isZero)
      let kept = try #require(try await store.payload(of: old.id))
      #expect(kept.script.isEmpty && kept.environment.isEmpty)
      #expect(kept.workingDirectory == Example.payload.workingDirectory)
      #expect(try await store.payload(of: older.id) == nil)
      #expect(try await store.payload(of: open.id) == Example.payload)
      let names = try await store.sheets(SheetFilter(ended: true)).map(\.job.request.name)
      #expect(names == ["train", "erased", "train"])
      let told = try await store.auditLines(AuditFilter(action: "retention"))
      #expect(told.count == 1 && told.allSatisfy { $0.line.actor == "polderd" })
      #expect(
        try await store.retentionDue(
          RetentionPolicy(payloads: nil, paths: nil, jobNames: nil)
        ).isZero)
    }
  }

  /// Another ended job, under no key.
  private func cancelled(in store: PostgresStore) async throws -> JobRecord {
    let job = try await store.accepted()
    #expect(try await store.cancel([job.task], audit: nil) == [])
    return job
  }
}

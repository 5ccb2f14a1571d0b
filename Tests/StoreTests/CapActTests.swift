// Why: whoever acts by hand must not spend past a cap that no run could spend past.
import Domain
import Doubles
import Ledger
import Lifecycle
import Services
import Store
import Testing

@Suite("caps and acts by hand", .serialized, .timeLimit(.minutes(1)))
struct CapActTests {
  private let cap: CapID = Example.id("narrow")
  private let line = AuditLine(
    actor: "m-1", action: AuditAction(rawValue: "correct"), object: "entry", origin: "a test")

  /// The example under a hard cap of so many hours over project longscan.
  private func capped(
    _ store: PostgresStore, hours: Int64,
    span: CapRule.Span = .window(Example.past..<Example.future)
  ) async throws -> Centre {
    var centre = Example.centre
    centre.capRules[cap] = CapRule(
      id: cap, scope: .project(Example.longscan), limit: .amount(.hours(hours)),
      span: span, strength: .hard)
    #expect(
      try await store.replaceCentre(
        with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
    return centre
  }

  /// What was taken of the cap; nil if it is not described.
  private func use(_ store: PostgresStore) async throws -> CapUse? {
    try await store.capUses().first { $0.cap.id == cap }?.use
  }

  /// A run of longscan that held so many hours and was charged some of them; the id of its charge.
  private func charged(
    _ store: PostgresStore, hold: Int64 = 3, used: Int64 = 1
  ) async throws -> EntryID {
    let run = try await store.accepted(Example.job(key: "\(hold) \(used)")).firstRun
    #expect(try await store.commit(Example.run(run, hold: .hours(hold))) == .done)
    _ = try await store.perform(.ended(run, Example.end(used: .hours(used))))
    return .charge(run)
  }

  private func debit(_ key: String, _ charge: EntryID, hours: Int64) -> Posting {
    .correct(
      Correction(
        id: EntryID("debit:\(key)"), kind: .debit, corrects: charge, amount: .hours(hours),
        reason: .miscount, approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
        effective: Example.past + .hours(3)))
  }

  @Test("a debit of a run's charge that its hard cap does not leave is refused with the numbers")
  func debits() async throws {
    try await withStore { store, _ in
      _ = try await capped(store, hours: 3)
      let charge = try await charged(store)
      #expect(
        try await store.post(debit("a", charge, hours: 3), audit: line)
          == .refused(
            .capReached(
              cap, requested: .hours(3), limit: .hours(3), use: CapUse(used: .hours(1)))))
      guard
        case .posted(let first) = try await store.post(
          debit("a", charge, hours: 2), audit: line)
      else { throw Unexpected("two hours fit") }
      #expect(try await use(store) == CapUse(used: .hours(3)))
      let repeated = try await store.post(debit("a", charge, hours: 2), audit: line)
      #expect(repeated == .alreadyPosted(first))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("a debit of last year's run is held against last year's cap, in memory too")
  func lastYear() async throws {
    try await withStore { store, _ in
      let centre = try await capped(store, hours: 3, span: .calendarYear)
      let charge = try await charged(store)
      let memory = MemoryStore(centre: centre, now: try await store.now())
      for posting in Example.postings { await memory.post(posting) }
      guard case .accepted(let job) = try await memory.accept(Example.job()) else {
        throw Unexpected("not accepted")
      }
      #expect(try await memory.commit([Example.run(job.firstRun, hold: .hours(3))]) == [.done])
      _ = try await memory.perform([.ended(job.firstRun, Example.end(used: .hours(1)))])
      try #require(charge == .charge(job.firstRun))
      for hours in [3, 2] as [Int64] {
        let posting = debit("of \(hours)", charge, hours: hours)
        let there = try await store.post(posting, audit: line)
        let here = try await memory.post(posting, audit: line)
        #expect(there.comparable == here.comparable)
        if case .posted = there { #expect(hours == 2) } else { #expect(hours == 3) }
      }
      #expect(try await use(store)?.used == .zero, "nothing was taken of this year's")
      let here = try await memory.capUses().first { $0.cap.id == cap }?.use
      #expect(here?.used == .zero)
    }
  }

  @Test("debits at once take what a cap leaves, and no more")
  func race() async throws {
    try await withStore { store, _ in
      _ = try await capped(store, hours: 6)
      let charge = try await charged(store, hold: 6)
      let posted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 1...16 {
          group.addTask {
            let posting = debit("\(number)", charge, hours: 1)
            if case .posted = try await store.post(posting, audit: line) { return true }
            return false
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(posted == 5)
      #expect(try await store.audit().balanced)
    }
  }

  @Test("who bore a run when it was committed decides its caps, whoever has its project by now")
  func frozen() async throws {
    try await withStore { store, _ in
      var centre = Example.centre
      centre.capRules[cap] = CapRule(
        id: cap, scope: .commercial(Example.id("state")), limit: .amount(.zero),
        span: .window(Example.past..<Example.future), strength: .hard)
      let charge = try await charged(store)
      let old = try #require(centre.projects[Example.longscan])
      centre.projects[old.id] = Project(
        id: old.id, reference: old.reference, title: old.title, organisation: old.organisation,
        commercial: true, members: old.members)
      #expect(
        try await store.replaceCentre(
          with: centre, postings: [], ifStill: Example.centre, by: "m-1") == .done)
      guard case .posted = try await store.post(debit("a", charge, hours: 1), audit: line) else {
        throw Unexpected("the run was not commercial when it was committed")
      }
    }
  }

  @Test("a transfer moves a right and no use: a cap that is used up does not stop it")
  func transfers() async throws {
    try await withStore { store, _ in
      _ = try await capped(store, hours: 1)
      _ = try await charged(store, hold: 1)
      let transfer = Transfer(
        id: EntryID("transfer:t"), from: Example.large, to: Example.small, amount: .hours(5),
        approval: Approval(requestedBy: "m-1", approvedBy: "m-2"),
        effective: Example.past + .hours(3))
      guard case .posted = try await store.post(.transfer(transfer), audit: line) else {
        throw Unexpected("a transfer is no use")
      }
      #expect(try await use(store) == CapUse(used: .hours(1)))
    }
  }

  @Test("a cap that was removed stops nothing, and described again it counts what was used")
  func removed() async throws {
    try await withStore { store, database in
      let capped = try await capped(store, hours: 3)
      let charge = try await charged(store)
      _ = try await charged(store, hold: 2, used: 2)
      #expect(
        try await store.replaceCentre(
          with: Example.centre, postings: [], ifStill: capped, by: "m-1") == .done)
      #expect(try await use(store) == nil)
      #expect(try await database.number("SELECT count(*) FROM cap_use WHERE cap = 'narrow'") == 0)
      guard case .posted = try await store.post(debit("a", charge, hours: 2), audit: line) else {
        throw Unexpected("nothing caps it")
      }
      _ = try await self.capped(store, hours: 3)
      #expect(try await use(store) == CapUse(used: .hours(5)))
    }
  }
}

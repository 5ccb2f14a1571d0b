// Why: many who spend at once must not spend more than there is, of an allocation or of a cap.
import Domain
import Ledger
import Lifecycle
import Postgres
import Services
import Store
import Testing

@Suite("a race", .serialized, .timeLimit(.minutes(3)))
struct RaceTests {
  enum Limit: String, CaseIterable, Sendable {
    case allocation, member, programme, funder
  }

  private static let writers = 64
  private static let limit = GPUTime.hours(1)
  /// A hundredth of it.
  private static let hold = GPUTime(milliseconds: 36_000)

  @Test(
    "of 64 writers for 500 runs gives exactly the 100 holds that a limit carries",
    arguments: Limit.allCases)
  func race(over limit: Limit) async throws {
    try await withStore(connections: 64) { store, database in
      try await describe(limit, store)
      let runs = try await runs(under: limit, store)
      let done = try await withThrowingTaskGroup(of: Int.self) { group in
        for writer in 0..<Self.writers {
          group.addTask { try await Self.write(runs, writer, store) }
        }
        return try await group.reduce(0, +)
      }
      #expect(done == 100)
      try await expectHundredHolds(
        of: Self.limit, isOfAllocation: limit == .allocation, store, database)
      print("race over the \(limit): \(store.counts.retries)")
    }
  }

  @Test("of 16 writers that settle runs of several allocations under one cap settles each once")
  func settlements() async throws {
    try await withStore(connections: 16) { store, database in
      var centre = Example.centre
      centre.capRules[Example.id("race")] = CapRule(
        id: Example.id("race"), scope: .funder(Example.id("state")),
        limit: .amount(.hours(10_000)), span: .window(Example.past..<Example.future),
        strength: .hard)
      let outcome = try await store.replaceCentre(
        with: centre, postings: [], ifStill: Example.centre, by: "m-1")
      #expect(outcome == .done)
      let runs = try await runs(under: .funder, store)
      for outcome in try await store.commit(runs) { #expect(outcome == .done) }
      let done = try await withThrowingTaskGroup(of: Int.self) { group in
        for writer in 0..<16 {
          group.addTask { try await Self.settle(runs, writer, store) }
        }
        return try await group.reduce(0, +)
      }
      #expect(done == runs.count)
      let charges = try await database.number(
        "SELECT count(*) FROM ledger_entry WHERE kind = 'charge'")
      #expect(charges == Int64(runs.count))
      let use = try await store.capUses().first { $0.cap.id.text == "race" }?.use
      #expect(use == CapUse(used: GPUTime(milliseconds: Int64(runs.count) * 1000)))
      let audit = try await store.audit()
      #expect(audit.balanced && audit.openHolds == 0)
      let counts = store.counts
      print(
        "race of settlements: \(counts.serializationRetries) serialization failures and "
          + "\(counts.deadlockRetries) deadlocks tried again")
      // Balances and then caps are locked in the order of their ids.
      #expect(counts.deadlockRetries == 0)
    }
  }

  @Test("of acts of several kinds that arrive under one key at once exactly one is booked")
  func oneKey() async throws {
    try await withStore(connections: 8) { store, database in
      let approval = Approval(requestedBy: "m-1", approvedBy: "m-2")
      let spare: AllocationID = Example.id("longscan-spare")
      var centre = Example.centre
      let small = try #require(centre.allocations[Example.small])
      centre.allocations[spare] = Allocation(
        id: spare, project: small.project, programme: small.programme, granted: .hours(1),
        window: small.window, opening: .zero)
      let grant = Posting.grant(
        EntryID("grant:\(spare):1"), spare, .hours(1), effective: small.window.lowerBound)
      _ = try await store.replaceCentre(
        with: centre, postings: [grant], ifStill: Example.centre, by: "m-1")
      let jobs = [try await store.accepted(), try await store.accepted()]
      for (job, allocation) in zip(jobs, [Example.large, Example.fast]) {
        _ = try await store.commit(Example.run(job.firstRun, from: allocation))
        _ = try await store.perform(
          .ended(job.firstRun, Example.end(used: GPUTime(milliseconds: 1_000_000))))
      }
      func correction(_ kind: Correction.Kind, _ key: Int, _ job: JobRecord) -> Posting {
        .correct(
          Correction(
            id: EntryID("\(kind):by-hand-\(key)"), kind: kind, corrects: .charge(job.firstRun),
            amount: GPUTime(milliseconds: 1), reason: .miscount, approval: approval, effective: nil)
        )
      }
      for key in 1...12 {
        // None of them moves what another moves.
        let transfer = Transfer(
          id: EntryID("transfer:by-hand-\(key)"), from: Example.small, to: spare,
          amount: GPUTime(milliseconds: 1), approval: approval, effective: nil)
        let postings = [
          correction(.credit, key, jobs[0]), correction(.debit, key, jobs[1]), .transfer(transfer),
        ]
        let line = AuditLine(
          actor: "m-1", action: AuditAction(rawValue: "post"), object: "books", origin: "a test")
        let results = try await withThrowingTaskGroup(of: PostingResult.self) { group in
          for posting in postings {
            group.addTask { try await store.post(posting, audit: line) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let posted = results.count { if case .posted = $0 { true } else { false } }
        let refused = results.count {
          if case .refused(.differentEntryExists) = $0 { true } else { false }
        }
        #expect(posted == 1 && refused == 2, "\(results)")
      }
      // Whoever goes past the store meets the same.
      let standing = try await database.text(
        "SELECT id FROM ledger_act WHERE id LIKE '%:by-hand-1'")
      let kind = standing.hasPrefix("debit") ? "credit" : "debit"
      let error = await #expect(throws: PostgresError.self) {
        try await database.run(
          """
          INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
            part, reason, corrects, effective_at, recorded_at, booked_at, requested_by, approved_by)
          SELECT '\(kind):by-hand-1', '\(kind)', allocation, 1, job, task_index, attempt, 99,
            'miscount', id, now(), now(), booked_at, 'm-1', 'm-2'
          FROM ledger_entry WHERE id = 'charge:\(jobs[0].firstRun)'
          """)
      }
      #expect(error?.constraint == "one_act_for_a_key")
    }
  }

  @Test("the database brings no run above its hold by a debit, nor an allocation above its award")
  func bounds() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      _ = try await store.commit(Example.run(job.firstRun))
      _ = try await store.perform(
        .ended(job.firstRun, Example.end(used: GPUTime(milliseconds: 3_500_000))))
      func debit(_ amount: Int64, _ part: Int) -> String {
        """
        INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
          part, reason, corrects, effective_at, recorded_at, booked_at, requested_by, approved_by)
        SELECT 'debit:\(part)', 'debit', allocation, \(amount), job, task_index, attempt, \(part),
          'miscount', id, now(), now(), booked_at, 'm-1', 'm-2'
        FROM ledger_entry WHERE id = 'charge:\(job.firstRun)'
        """
      }
      try await database.run(debit(60_000, 0))
      let beyond = await #expect(throws: PostgresError.self) {
        try await database.run(debit(40_001, 1))
      }
      #expect(beyond?.constraint == "debit_within_hold")
      try await database.run(debit(40_000, 1))
      func transfer(_ hours: Int64) -> String {
        """
        INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, effective_at, recorded_at,
          booked_at, requested_by, approved_by)
        SELECT 'transfer:x:' || way, 'transfer-' || way, allocation, \(hours * 3_600_000), now(),
          now(), now(), 'm-1', 'm-2'
        FROM (VALUES ('out', 'longscan-large'), ('in', 'roads-fast')) AS half (way, allocation)
        """
      }
      // The programme awards 50,000 at most, and 10,000 were granted.
      try await database.run(
        "UPDATE programme SET most_gpu_ms = 3600000 * 15000::bigint WHERE id = 'playground'")
      let above = await #expect(throws: PostgresError.self) {
        try await database.run(transfer(5_001))
      }
      #expect(above?.constraint == "transfer_within_award")
      try await database.run(transfer(5_000))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("of 16 who give back past the store gives back no more than was charged")
  func corrections() async throws {
    try await withStore { store, database in
      let job = try await store.accepted()
      _ = try await store.commit(Example.run(job.firstRun))
      _ = try await store.perform(.ended(job.firstRun, Example.end(used: .hours(1))))
      let charge = EntryID.charge(job.firstRun)
      let done = try await withThrowingTaskGroup(of: Bool.self) { group in
        for writer in 0..<16 {
          group.addTask { try await Self.giveBackHalf(of: charge, writer, database) }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(done == 2, "two halves")
      let left = try await database.number(
        """
        SELECT sum(CASE kind WHEN 'charge' THEN amount_gpu_ms WHEN 'credit' THEN -amount_gpu_ms
          ELSE 0 END)::bigint FROM ledger_entry WHERE job = \(job.id.number)
        """)
      #expect(left == 0)
      #expect(try await store.audit().balanced)
    }
  }

  /// Without the lock that the store takes; false if the database refuses it.
  private static func giveBackHalf(
    of charge: EntryID, _ writer: Int, _ database: Database
  ) async throws -> Bool {
    let pool = try Server.pool(database.asDaemon)
    defer { Task { await pool.close() } }
    do {
      try await pool.transaction { tx throws(PostgresError) in
        try tx.run(
          script: """
            INSERT INTO ledger_entry (id, kind, allocation, amount_gpu_ms, job, task_index, attempt,
              part, reason, corrects, effective_at, recorded_at, booked_at, requested_by, approved_by)
            SELECT 'race:\(writer)', 'credit', allocation, amount_gpu_ms / 2, job, task_index, attempt,
              \(writer), 'miscount', id, now(), now(), booked_at, 'm-1', 'm-2'
            FROM ledger_entry WHERE id = '\(charge.text)'
            """)
      }
      return true
    } catch {
      guard error.constraint == "refund_within_charge" else { throw error }
      return false
    }
  }

  /// Ends every 16th of the runs in groups, each group in another order of allocations, and tries
  /// again what others of them ended; how many were done.
  private static func settle(
    _ runs: [RunRecord], _ writer: Int, _ store: PostgresStore
  ) async throws -> Int {
    let own = stride(from: writer, to: runs.count, by: 16).map { runs[$0] }
    let halves = [own, own.reversed()][writer % 2]
    var done = 0
    for begin in stride(from: 0, to: halves.count, by: 8) {
      let group = halves[begin..<min(begin + 8, halves.count)].map {
        Transition.ended($0.id, Example.end(used: GPUTime(milliseconds: 1000)))
      }
      let outcomes = try await persistently { () async throws(StoreError) in
        try await store.perform(group)
      }
      done += outcomes.count { $0 == .done }
    }
    return done
  }

  /// Commits every so many-th of the runs; how many were done.
  private static func write(
    _ runs: [RunRecord], _ writer: Int, _ store: PostgresStore
  ) async throws -> Int {
    var done = 0
    for index in stride(from: writer, to: runs.count, by: writers) {
      let outcome = try await persistently { () async throws(StoreError) in
        try await store.commit(runs[index])
      }
      if outcome == .done { done += 1 }
    }
    return done
  }

  private func describe(_ limit: Limit, _ store: PostgresStore) async throws {
    let scope: CapScope
    switch limit {
    case .allocation: return
    case .member: scope = .member(Example.alice, Example.longscan)
    case .programme: scope = .programmes([Example.id("playground")])
    case .funder: scope = .funder(Example.id("state"))
    }
    var centre = Example.centre
    centre.capRules[Example.id("race")] = CapRule(
      id: Example.id("race"), scope: scope, limit: .amount(Self.limit),
      span: .window(Example.past..<Example.future), strength: .hard)
    let outcome = try await store.replaceCentre(
      with: centre, postings: [], ifStill: Example.centre, by: "m-1")
    #expect(outcome == .done)
  }

  /// Of one member's project for limits of one, else of two.
  private func runs(under limit: Limit, _ store: PostgresStore) async throws -> [RunRecord] {
    let isOfOne = limit == .allocation || limit == .member
    let sources: [(ProjectID, AllocationID)] =
      isOfOne
      ? [(Example.longscan, limit == .allocation ? Example.small : Example.large)]
      : [(Example.longscan, Example.large), (Example.roads, Example.fast)]
    var runs: [RunRecord] = []
    for (project, allocation) in sources {
      let tasks = Array(0..<(500 / sources.count))
      let job = try await store.accepted(Example.job(Example.request(project, tasks: tasks)))
      runs += job.request.tasks(of: job.id).map {
        Example.run(RunID(task: $0, attempt: 1), from: allocation, hold: Self.hold)
      }
    }
    return runs
  }
}

/// What is there after 500 tasks raced for what a hundred of them can hold: a hundred holds of all of
/// it, 400 tasks that wait, and books that balance.
func expectHundredHolds(
  of limit: GPUTime, isOfAllocation: Bool, _ store: PostgresStore, _ database: Database
) async throws {
  #expect(
    try await database.number("SELECT count(*) FROM ledger_entry WHERE kind = 'hold'") == 100)
  #expect(try await database.number("SELECT count(*) FROM task WHERE state = 'waiting'") == 400)
  if isOfAllocation {
    #expect(try await store.balances()[Example.small]?.available == .zero)
  } else {
    let use = try await store.capUses().first { $0.cap.id.text == "race" }?.use
    #expect(use == CapUse(held: limit))
  }
  let audit = try await store.audit()
  #expect(audit.balanced && audit.openHolds == 100)
}

extension StoreCounts {
  /// For a person.
  var retries: String {
    "\(commits) commits, \(serializationRetries) serialization failures and "
      + "\(deadlockRetries) deadlocks tried again"
  }
}

/// Tries until the store is there.
func persistently<T>(_ body: () async throws(StoreError) -> T) async throws -> T {
  while true {
    do {
      return try await body()
    } catch {
      if case .broken = error { throw error }
      try Task.checkCancellation()
    }
  }
}

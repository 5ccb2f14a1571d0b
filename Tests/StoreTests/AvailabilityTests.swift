// Why: capacity must be that of the report of access time, to the millisecond; and waits are counted by one
// statement over months of runs, which must say what each run says by itself.
import Domain
import Doubles
import Ledger
import Lifecycle
import Postgres
import Reporting
import Seeds
import Services
import Store
import Testing

@Suite("availability and waits", .serialized, .timeLimit(.minutes(3)))
struct AvailabilityTests {
  /// Nodes that go up and down, at odd milliseconds, from the middle of a month on.
  private static func recordNodes(_ store: PostgresStore) async throws {
    var random = SplitMix64(seed: 7)
    var at = Example.past - .hours(100)
    for _ in 1...60 {
      at = Instant(milliseconds: at.milliseconds + Int64(random.pick(0...90_000_000)))
      let node = random.element(of: Example.nodes) ?? Example.nodes[0]
      try await store.record(
        nodeStates: [
          .init(
            node: node, at: at, up: random.oneIn(2), gpus: 4,
            weight: random.oneIn(3) ? Weight(thousandths: 1717) : nil)
        ], weighings: [])
    }
  }

  /// Of each part what both reports say of it: in all, in milliseconds, and as it is printed.
  private static func compare(
    _ store: PostgresStore, over period: Range<Instant>, _ moment: String
  ) async throws {
    let facts = try await store.availabilityFacts(period: period, system: "s")
    let report = AvailabilityReport(facts).report
    let totals = report.rows.filter { $0[2] == "all" }
    #expect(totals.count == facts.parts.count)
    for (part, row) in zip(facts.parts, totals) {
      let access = try await store.accessTimeFacts(period: part.access.period, system: "s")
      let end = min(access.asOf, access.period.upperBound)
      #expect(
        Capacity(part.access.nodeChanges, over: access.period.lowerBound..<end)
          == Capacity(access.nodeChanges, over: access.period.lowerBound..<end), "\(moment)")
      #expect(part.access.delivered == access.delivered, "\(moment)")
      let told = try #require(AccessTimeReport(access).report.rows.last)
      #expect(Array(row[7...9]) == Array(told[8...10]), "\(moment)")
      #expect(row[10] == told[6], "\(moment)")
      #expect(row.suffix(2) == told.suffix(2), "\(moment)")
      // And row for row the report of that part alone.
      let alone = AvailabilityReport(
        try await store.availabilityFacts(period: part.access.period, system: "s")
      ).report
      #expect(alone.rows.filter { $0[2] == "all" }.last == row, "\(moment)")
    }
  }

  @Test(
    "capacity, downtime and what was delivered are those of access time, of open and closed months")
  func agrees() async throws {
    try await withStore { store, _ in
      try await Self.recordNodes(store)
      var history = WaitHistory(store: store, seed: 3)
      try await history.begin()
      for _ in 1...25 { try await history.step() }
      let first = AccountingPeriod(containing: Example.past)
      let periods = [
        first.start..<first.next.next.end, first.interval,
        (first.start + .hours(400))..<(first.next.start + .hours(77)),
        Example.past..<Instant(milliseconds: Example.past.milliseconds + 86_400_001),
      ]
      for period in periods { try await Self.compare(store, over: period, "open") }
      let before = AvailabilityReport(
        try await store.availabilityFacts(period: first.interval, system: "s")
      ).report
      let line = AuditLine(
        actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(first)",
        origin: "a test")
      guard case .closed = try await store.close(first, system: "s", audit: line) else {
        throw Unexpected("the period was not closed")
      }
      try await history.renameModes()
      for period in periods { try await Self.compare(store, over: period, "closed") }
      let facts = try await store.availabilityFacts(period: first.interval, system: "renamed")
      let after = AvailabilityReport(facts).report
      #expect(before.rows.map { $0.dropLast(2) } == after.rows.map { $0.dropLast(2) })
      #expect(after.rows.contains { $0[2] == "Fast Lane" }, "the mode is that of the closing")
      let both = try await store.availabilityFacts(period: periods[0], system: "s")
      #expect(both.parts[0].tallies.contains { $0.mode == "Fast Lane" })
      #expect(both.parts.last?.tallies.contains { $0.mode == "Fast Lane" } == false)
      #expect(both.parts.last?.tallies.contains { $0.mode == "Fast Lane anew" } == true)
    }
  }

  @Test("tasks, waits, failures and first jobs are what each run says by itself", arguments: 1...3)
  func waits(seed: Int) async throws {
    try await withStore { store, _ in
      var history = WaitHistory(store: store, seed: UInt64(seed))
      try await history.begin()
      for _ in 1...60 { try await history.step() }
      var known = 0
      var firstJobs = 0
      for period in history.periods() {
        let there = try await store.availabilityFacts(period: period, system: "s")
        let here = try await history.memory.availabilityFacts(period: period, system: "s")
        #expect(there.parts.map(\.access.period) == here.parts.map(\.access.period))
        for (one, other) in zip(there.parts, here.parts) {
          #expect(
            one.tallies.sorted() == other.tallies.sorted(),
            "seed \(seed), \(one.access.period) of \(period)")
          known += one.tallies.reduce(0) { $0 + ($1.waits?.count ?? 0) + $1.nodeFailures }
        }
        let jobs = try await store.indicatorsFacts(period: period, system: "s").firstJobs
        let others = try await history.memory.indicatorsFacts(period: period, system: "s").firstJobs
        #expect(jobs == others, "seed \(seed), \(period)")
        firstJobs += jobs.count
      }
      #expect(known > 100, "the history says something: \(known)")
      #expect(firstJobs > 0, "and of first jobs too")
    }
  }
}

extension [AvailabilityFacts.Tally] {
  fileprivate func sorted() -> Self { sorted { ($0.mode ?? "~") < ($1.mode ?? "~") } }
}

/// Random jobs of two access modes over four months, in Postgres and in memory: some wait for others, some
/// are run again after a failed node, and some starts are not performed.
private struct WaitHistory {
  let store: PostgresStore
  let memory: MemoryStore
  private var random: SplitMix64
  private var jobs: [JobID] = []

  private static let lane: AllocationID = Example.id("longscan-lane")
  private static let centre: Centre = {
    var centre = Example.centre
    centre.allocations[lane] = Allocation(
      id: lane, project: Example.longscan, programme: Example.id("fast-lane"),
      granted: .hours(10_000), window: Example.past..<Example.future, opening: .zero)
    return centre
  }()

  init(store: PostgresStore, seed: UInt64) {
    self.store = store
    memory = MemoryStore(centre: Self.centre, now: Example.past)
    random = SplitMix64(seed: seed)
  }

  mutating func begin() async throws {
    let grant = Posting.grant(
      EntryID("grant:longscan-lane:1"), Self.lane, .hours(10_000), effective: Example.past)
    for posting in Example.postings + [grant] { await memory.post(posting) }
    #expect(
      try await store.replaceCentre(
        with: Self.centre, postings: [grant], ifStill: Example.centre, by: "m-1") == .done)
    await memory.set(clock: try await store.now())
  }

  func renameModes() async throws {
    var centre = Self.centre
    for (id, programme) in Self.centre.programmes {
      centre.programmes[id] = Programme(
        id: id, name: programme.name, funder: programme.funder, mode: "\(programme.mode) anew",
        amount: programme.amount, maximumMonths: programme.maximumMonths,
        demand: programme.demand, accessWorkingDays: programme.accessWorkingDays)
    }
    #expect(
      try await store.replaceCentre(
        with: centre, postings: [], ifStill: Self.centre, by: "m-1") == .done)
  }

  /// The whole history, single months, and parts that cut both.
  mutating func periods() -> [Range<Instant>] {
    let first = AccountingPeriod(containing: Example.past)
    let end = first.next.next.next.next.end
    var periods = [first.start..<end, first.next.interval]
    for _ in 1...4 {
      let from = later(Example.past, 0...5_000_000)
      periods.append(from..<later(from, 1...5_000_000))
    }
    return periods
  }

  private mutating func later(_ instant: Instant, _ seconds: ClosedRange<Int>) -> Instant {
    Instant(
      milliseconds: instant.milliseconds + Int64(random.pick(seconds)) * 1000
        + Int64(random.pick(0...999)))
  }

  private mutating func request(_ submitted: Instant) -> JobRequest {
    let array = random.oneIn(3) ? Array(1...random.pick(1...3)) : []
    let other = jobs.last.map { Dependency(condition: .afterany, job: $0) }
    return JobRequest(
      name: "train", member: Example.alice, project: Example.longscan, allocation: nil,
      partition: Example.gpu, nodeCount: 1, perNode: Example.request().perNode, gpuType: "h100",
      timeLimit: Example.hour, arrayIndices: array,
      arrayThrottle: array.isEmpty || random.oneIn(2) ? nil : random.pick(1...3),
      dependencies: random.oneIn(6) ? [other].compactMap(\.self) : [],
      notBefore: random.oneIn(3) ? later(submitted, 0...4000) : nil, requeue: true,
      wishes: TimeWishes(isSingleton: random.oneIn(8)))
  }

  /// A job with its runs.
  mutating func step() async throws {
    let submitted = later(Example.past, 0...8_000_000)
    let origins: [JobOrigin] = [.polder, .polder, .slurm, .adopted]
    let origin = random.element(of: origins) ?? .polder
    let job = NewJob(
      request: request(submitted), origin: origin, payload: Example.payload, key: nil,
      taken: submitted)
    guard case .accepted(let there) = try await store.accept(job),
      case .accepted(let here) = try await memory.accept(job)
    else { throw Unexpected("both accept") }
    #expect(there == here)
    jobs.append(there.id)
    let allocation = random.oneIn(2) ? Self.lane : Example.large
    for task in there.request.tasks(of: there.id) {
      var at = later(submitted, 0...20_000)
      for attempt in 1...3 {
        guard
          let next = try await run(RunID(task: task, attempt: attempt), from: allocation, at: at)
        else { break }
        at = next
      }
    }
  }

  /// When it may run again; nil if it does not.
  private mutating func run(
    _ id: RunID, from allocation: AllocationID, at committed: Instant
  ) async throws -> Instant? {
    let run = Example.run(id, from: allocation, at: committed)
    let done = try await store.commit(run)
    #expect(try await memory.commit([run]) == [done] && done == .done, "\(run)")
    if random.oneIn(5) {
      try await perform(.returned(id, cause: "not started"))
      return later(committed, 0...3000)
    }
    // Slurm's clock has whole seconds, and may be behind.
    let start = Instant(
      milliseconds: (committed.milliseconds / 1000 + Int64(random.pick(-2...60))) * 1000)
    if random.oneIn(9) { return nil }
    try await perform(
      .started(id, at: start, weight: run.weight, slurmJobID: 7, devices: []))
    if random.oneIn(12) { return nil }
    // One in so many runs for longer than failures are looked for.
    let end = later(start, random.oneIn(12) ? 7_900_000...8_000_000 : 1...90_000)
    let outcomes: [TaskOutcome] = [.completed, .nodeFailed, .nodeFailed, .failed]
    let outcome = random.element(of: outcomes) ?? .failed
    let isAgain = outcome == .nodeFailed && random.oneIn(2)
    try await perform(
      .ended(
        id,
        RunEnd(
          start: start, end: end, outcome: outcome, exitCode: 0, signal: 0, used: .hours(1),
          refund: outcome == .nodeFailed ? .nodeFailure : nil, requeued: isAgain)))
    return isAgain ? later(end, 0...3000) : nil
  }

  private func perform(_ transition: Transition) async throws {
    let done = try await store.perform(transition)
    #expect(try await memory.perform([transition]) == [done] && done == .done, "\(transition)")
  }
}

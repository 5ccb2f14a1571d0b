// Why: what the books say of transfers, corrections, caps, months and closed periods must be the
// same in Postgres as in the core. The same random history is made in both, step by step.
import Domain
import Doubles
import Ledger
import Lifecycle
import Reporting
import Seeds
import Services
import Store
import Testing

@Suite("the oracle of money", .serialized, .timeLimit(.minutes(4)))
struct MoneyOracleTests {
  @Test("the same history in Postgres and in memory gives equal books", arguments: 1...6)
  func equal(seed: Int) async throws {
    try await withStore { store, _ in
      var history = MoneyHistory(
        store: store, memory: MemoryStore(centre: Example.centre, now: Example.past),
        seed: UInt64(seed))
      try await history.begin()
      for step in 1...320 {
        try await history.step()
        if step.isMultiple(of: 40) { try await history.compare("seed \(seed), step \(step)") }
      }
      #expect(history.extensions > 0, "seed \(seed) extends nothing")
    }
  }
}

/// A random history over both. Effective times run over months, from ``Example/past`` on.
struct MoneyHistory {
  let store: PostgresStore
  let memory: MemoryStore
  var random: SplitMix64
  /// Of the comparisons, which leave the history as it is.
  var moments: SplitMix64
  var clock = Example.past + Example.hour
  var number = 0
  var runs: [RunID: Instant] = [:]
  /// How many runs were given more to hold.
  var extensions = 0
  var ended: [(RunID, RunEnd)] = []
  var ids: [EntryID] = []

  init(store: PostgresStore, memory: MemoryStore, seed: UInt64) {
    self.store = store
    self.memory = memory
    random = SplitMix64(seed: seed)
    moments = SplitMix64(seed: seed)
  }

  private static let next: AllocationID = Example.id("longscan-next")
  static let allocations = [Example.large, Example.small, Example.fast, next]

  /// Monthly release, carry-over, a cap on every level, and a limit on what is held at once.
  private static let centre: Centre = {
    var centre = Example.centre
    let id: ProgrammeID = Example.id("playground")
    if let old = centre.programmes[id] {
      centre.programmes[id] = Programme(
        id: id, name: old.name, funder: old.funder, mode: old.mode, amount: old.amount,
        maximumMonths: old.maximumMonths, demand: old.demand,
        accessWorkingDays: old.accessWorkingDays, release: .monthly(burstBasisPoints: 500),
        carryOverBasisPoints: 2000)
    }
    centre.allocations[next] = Allocation(
      id: next, project: Example.longscan, programme: id, granted: .hours(50),
      window: Example.past..<Example.future, opening: .zero, follows: Example.over)
    let window = CapRule.Span.window(Example.past..<Example.future)
    for (name, scope, hours, strength) in [
      ("member", .member(Example.alice, Example.longscan), 60, .hard),
      ("project", .project(Example.roads), 20, .hard),
      ("programmes", .programmes([id]), 90, .soft),
      ("funder", .funder(Example.id("state")), 75, .hard),
      ("commercial", .commercial(Example.id("state")), 15, .hard),
    ] as [(String, CapScope, Int64, CapStrength)] {
      let cap: CapID = Example.id(name)
      centre.capRules[cap] = CapRule(
        id: cap, scope: scope, limit: .amount(.hours(hours)), span: window, strength: strength)
    }
    let limit: LimitID = Example.id("at-once")
    centre.limitRules[limit] = LimitRule(
      id: limit, scope: .programmes([id]),
      most: [.held: GPUTime.hours(45).milliseconds, .running: 7])
    return centre
  }()

  mutating func begin() async throws {
    for posting in Example.postings { await memory.post(posting) }
    try await replace(
      Example.centre, Self.centre,
      [
        .grant(EntryID("grant:longscan-next:1"), Self.next, .hours(50), effective: Example.past)
      ])
  }

  private func replace(_ old: Centre, _ new: Centre, _ postings: [Posting]) async throws {
    try await tick()
    let line = AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test")
    let there = try await store.replaceCentre(
      with: new, postings: postings, ifStill: old, audit: line)
    let here = try await memory.replaceCentre(
      with: new, postings: postings, ifStill: old, audit: line)
    #expect(there == here && here == .done)
  }

  /// The clocks of both say the same, nearly.
  func tick() async throws { await memory.set(clock: try await store.now()) }

  mutating func step() async throws {
    clock = clock + .hours(Int64(random.pick(0...60)))
    number += 1
    try await tick()
    switch random.pick(1...24) {
    case 1...6: try await start()
    case 7...12: try await end()
    case 13...19 where isLate: try await extend()
    case 13...21: try await act()
    case 22: try await calendar()
    case 23: try await close()
    default: try await describe()
    }
  }

  /// The clock of the books is years ahead of the history, and a start that was decided before something
  /// was taken is stale: what takes now comes late in it.
  private var isLate: Bool { number > 140 }

  // MARK: Runs

  private mutating func start() async throws {
    let project = random.oneIn(3) ? Example.roads : Example.longscan
    let job = Example.job(Example.request(project))
    let (there, here) = (try await store.accept(job), try await memory.accept(job))
    guard case .accepted(let record) = there, case .accepted(let other) = here,
      record.id == other.id
    else { throw Unexpected("\(there) is not \(here)") }
    let allocation = random.element(of: Self.allocations) ?? Example.large
    let hold = random.oneIn(20) ? .zero : amount(12)
    let run = Example.run(record.firstRun, from: allocation, hold: hold, at: clock)
    if random.oneIn(4) {
      try await perform(.adopted(record.task, late(run), slurmJobID: 7))
    } else {
      let done = try await store.commit(run)
      #expect(try await memory.commit([run]) == [done], "\(run)")
      guard done == .done else { return }
    }
    runs[run.id] = clock
  }

  /// Of the allocation whose window is over, now and then.
  private mutating func late(_ run: RunRecord) -> RunRecord {
    Example.run(
      run.id, from: random.oneIn(2) ? Example.over : run.allocation, hold: run.hold,
      at: run.committed)
  }

  private mutating func end() async throws {
    if random.oneIn(6), let (run, end) = random.element(of: ended) {
      return try await perform(.ended(run, end))
    }
    guard let run = random.element(of: runs.keys.sorted()), let start = runs[run] else { return }
    if random.oneIn(8) {
      try await perform(.returned(run, cause: "not started"))
    } else {
      let reasons: [EntryReason?] = [nil, nil, .nodeFailure, .preempted, .administratorCancel]
      let end = RunEnd(
        start: random.oneIn(8) ? nil : start, end: max(clock, start), outcome: .completed,
        exitCode: 0, signal: 0, used: random.oneIn(8) ? .zero : amount(16),
        pastEnd: random.oneIn(4) ? amount(8) : .zero,
        refund: random.element(of: reasons) ?? nil, requeued: false)
      try await perform(.ended(run, end))
      ended.append((run, end))
    }
    runs[run] = nil
  }

  private func perform(_ transition: Transition) async throws {
    let done = try await store.perform(transition)
    #expect(try await memory.perform([transition]) == [done], "\(transition)")
  }

  /// Slurm runs it, if it does not yet, and its limit is another. The clock of both is years ahead
  /// of the history: what has run for so long is to weigh little.
  private mutating func extend() async throws {
    let known = random.oneIn(6) ? ended.map(\.0) : runs.keys.sorted()
    guard let id = random.element(of: known) else { return }
    if !random.oneIn(8) {
      try await perform(
        .started(id, at: clock, weight: Weight(thousandths: 1), slurmJobID: 7, devices: []))
    }
    let ran = try await store.now().seconds(since: Example.past)
    let limit = random.oneIn(8) ? .hours(1) : ran + .hours(Int64(random.pick(1...3000)))
    let change = LimitChange(limit: limit, grace: .zero, maximum: ran + .hours(8500))
    let there = try await store.change(limitOf: id.task, to: change)
    let here = try await memory.change(limitOf: id.task, to: change)
    #expect(there.comparable == here.comparable, "\(id) \(change)")
    if case .done(_, let more) = here, more > .zero { extensions += 1 }
  }

  // MARK: Acts

  private mutating func act() async throws {
    let posting = await somePosting()
    let line = AuditLine(
      actor: "m-1", action: AuditAction(rawValue: "post"), object: "books", origin: "a test")
    let there = try await store.post(posting, audit: line)
    // Memory's clock is not to the millisecond what Postgres's was behind its locks.
    var moment: Instant?
    if case .posted(let entries) = there { moment = entries.first?.effective }
    try await tick()
    let here = try await memory.post(posting.effective(at: moment), audit: line)
    #expect(there.comparable == here.comparable, "\(posting)")
  }

  private mutating func somePosting() async -> Posting {
    let one = random.element(of: Self.allocations) ?? Example.large
    let unheard: AllocationID = Example.id("unheard-of")
    let other = random.oneIn(12) ? unheard : random.element(of: Self.allocations) ?? Example.small
    let sum = random.oneIn(15) ? GPUTime.zero : amount(30)
    let at = random.oneIn(4) ? Example.past + .hours(Int64(random.pick(0...2000))) : clock
    let taken = isLate && random.oneIn(4) ? nil : min(at, clock)
    let approval = Approval(requestedBy: "m-1", approvedBy: "m-2")
    switch random.pick(1...10) {
    case 1: return .grant(someID("act"), one, sum, effective: at)
    case 2: return .withdraw(someID("act"), other, sum, effective: taken)
    case 3: return .deferral(someID("act"), one, sum, effective: taken)
    case 4: return .instalment(someID("act"), one, sum, effective: at)
    case 5...6:
      return .transfer(
        Transfer(
          id: someID("transfer"), from: one, to: other, amount: sum, approval: approval,
          effective: taken))
    default:
      let entries = await memory.books.entries
      let charges = entries.filter { [.charge, .opening].contains($0.kind) }.map(\.id)
      let some = random.oneIn(6) ? entries.map(\.id) + [EntryID("charge:P9999.1")] : charges
      let kind = random.element(of: [Correction.Kind.refund, .credit, .debit]) ?? .refund
      return .correct(
        Correction(
          id: someID("\(kind)"), kind: kind,
          corrects: random.element(of: some) ?? EntryID("none"),
          amount: random.oneIn(15) ? .zero : amount(6), reason: .miscount, approval: approval,
          effective: kind == .debit ? taken : random.oneIn(2) ? nil : at))
    }
  }

  /// A new one, one that stands, or one whose key another kind of act may have.
  private mutating func someID(_ kind: String) -> EntryID {
    let own = ids.filter { $0.text.hasPrefix("act:") || $0.text.hasPrefix("\(kind):") }
    let standing = random.oneIn(6) ? random.element(of: own) : nil
    let key = random.oneIn(3) ? "\(kind):\(random.pick(1...number))" : "act:\(number)"
    let id = standing ?? EntryID(key)
    ids.append(id)
    return id
  }

  private mutating func calendar() async throws {
    let allocation = random.oneIn(2) ? Example.over : random.element(of: Self.allocations)
    guard let allocation else { return }
    if random.oneIn(2) {
      try await store.expire(allocation)
      try await memory.expire(allocation)
    } else {
      try await store.releaseInstalment(of: allocation)
      try await memory.releaseInstalment(of: allocation)
    }
  }

  private mutating func close() async throws {
    let latest = AccountingPeriod(containing: clock)
    let period = random.oneIn(6) ? AccountingPeriod(containing: Example.future) : latest.previous
    let line = AuditLine(
      actor: "m-1", action: AuditAction(rawValue: "close-period"), object: "\(period)",
      origin: "a test")
    let there = try await store.close(period, system: "Test", audit: line)
    let here = try await memory.close(period, system: "Test", audit: line)
    #expect(there.comparable == here.comparable, "\(period)")
  }

  /// A cap leaves the description and comes back with other runs to count.
  private mutating func describe() async throws {
    let old = try await memory.centre()
    var new = old
    let id: CapID = Example.id("member")
    new.capRules[id] =
      old.capRules[id] == nil
      ? CapRule(
        id: id, scope: .member(Example.alice, random.oneIn(2) ? Example.longscan : Example.roads),
        limit: .amount(.hours(60)), span: .window(Example.past..<Example.future), strength: .hard)
      : nil
    try await replace(old, new, [])
  }

  private mutating func amount(_ hours: Int) -> GPUTime {
    GPUTime(milliseconds: Int64(random.pick(1...(hours * 3_600_000))))
  }
}

extension Posting {
  /// The same act, effective then if it names no moment.
  fileprivate func effective(at moment: Instant?) -> Posting {
    switch self {
    case .withdraw(let id, let allocation, let amount, nil):
      .withdraw(id, allocation, amount, effective: moment)
    case .deferral(let id, let allocation, let amount, nil):
      .deferral(id, allocation, amount, effective: moment)
    case .transfer(let act) where act.effective == nil:
      .transfer(
        Transfer(
          id: act.id, from: act.from, to: act.to, amount: act.amount,
          mostAwarded: act.mostAwarded, approval: act.approval, effective: moment))
    case .correct(let act) where act.effective == nil:
      .correct(
        Correction(
          id: act.id, kind: act.kind, corrects: act.corrects, amount: act.amount,
          reason: act.reason, approval: act.approval, effective: moment))
    default: self
    }
  }
}

// Why: the store must mean the same as the core. The same random steps are applied to Postgres and
// to `EngineState` and `Books` in memory, and both must end alike.
import Domain
import Engine
import Ledger
import Lifecycle
import Seeds
import Services
import Store
import Testing

@Suite("the oracle", .serialized, .timeLimit(.minutes(3)))
struct OracleTests {
  @Test("the same steps in Postgres and in memory give equal states and books", arguments: 1...8)
  func equal(seed: Int) async throws {
    try await withStore { store, _ in
      var walk = Walk(store: store, seed: UInt64(seed))
      for step in 1...240 {
        try await walk.step()
        if step.isMultiple(of: 30) { try await walk.compare() }
      }
      try await walk.compare()
    }
  }
}

/// A random walk over both.
private struct Walk {
  let store: PostgresStore
  var random: SplitMix64
  var state: EngineState
  var books = Books()
  /// What was applied, to be repeated now and then.
  var applied: [Transition] = []
  var clock = Example.past + Example.hour
  /// What memory did already and the store does next, in one transaction, and how each went.
  var group: [(transition: Transition, outcome: GuardedOutcome)] = []
  var starts: [(run: RunRecord, outcome: GuardedOutcome)] = []

  init(store: PostgresStore, seed: UInt64) {
    self.store = store
    random = SplitMix64(seed: seed)
    state = EngineState(centre: Example.centre, order: OrderState(Example.centre.order))
    for posting in Example.postings { _ = books.post(posting, now: Example.past) }
    books.windowEnds = Example.centre.allocations.mapValues(\.window.upperBound)
    state.balances = books.balances
  }

  mutating func step() async throws {
    clock = clock + Seconds(Int64(random.pick(0...30)))
    if random.oneIn(3) { try await catchUp() }
    switch random.pick(1...20) {
    case 1...4 where open.count < 10: try await accept()
    case 5...8: try await start()
    case 20: try await expire()
    default: try await transition()
    }
  }

  private var open: [TaskID] {
    state.tasks.values.filter { !$0.state.isEnded }.map(\.id).sorted()
  }

  /// Mostly one that can still go somewhere.
  private mutating func someTask() -> TaskRecord? {
    let tasks = random.oneIn(8) ? state.tasks.keys.sorted() : open
    return random.element(of: tasks).flatMap { state.tasks[$0] }
  }

  private mutating func accept() async throws {
    let tasks = random.oneIn(3) ? Array(0...random.pick(1...3)) : []
    let project = random.oneIn(4) ? Example.roads : Example.longscan
    let dependencies = state.jobs.keys.sorted().filter { _ in random.oneIn(8) }.map {
      Dependency(condition: .afterany, job: $0)
    }
    let job = Example.job(
      Example.request(
        project, tasks: tasks, requeue: random.oneIn(2), dependencies: dependencies),
      origin: random.oneIn(3) ? .slurm : .polder)
    let record = try await store.accepted(job)
    #expect(record.request == job.request && record.binding == .unbound)
    state.jobs[record.id] = record
    for task in record.request.tasks(of: record.id) { state.tasks[task] = TaskRecord(id: task) }
  }

  // MARK: Starts

  private mutating func start() async throws {
    guard let task = someTask() else { return }
    let run = someRun(
      RunID(task: task.id, attempt: max(1, task.attempts + (random.oneIn(10) ? 0 : 1))),
      from: random.element(of: [Example.large, Example.small, Example.fast]) ?? Example.large)
    let expected = state.apply(.start(run))
    if expected, let hold = run.hold {
      _ = books.post(.hold(run.id, run.allocation, hold, effective: run.committed), now: clock)
    }
    if !group.isEmpty { try await catchUp() }
    starts.append((run, expected ? .done : .stale))
  }

  /// Has the store do what memory did.
  mutating func catchUp() async throws {
    let transitions = group.map(\.transition)
    #expect(try await store.perform(transitions) == group.map(\.outcome), "\(transitions)")
    let runs = starts.map(\.run)
    #expect(try await store.commit(runs) == starts.map(\.outcome), "\(runs)")
    (group, starts) = ([], [])
  }

  private mutating func someRun(_ id: RunID, from allocation: AllocationID) -> RunRecord {
    let weight = Weight(thousandths: Int64(random.pick(1...8000)))
    let reach = Seconds(Int64(random.pick(1...7200)))
    return RunRecord(
      id: id, allocation: allocation,
      placement: Placement(
        nodes: Example.nodes.filter { _ in random.oneIn(2) },
        perNode: NodeResources(gpus: random.pick(0...4), cpus: 20, memoryMiB: 1)),
      weight: weight, rateVersion: 1, hold: random.oneIn(20) ? nil : weight * reach,
      reach: reach, committed: clock)
  }

  // MARK: Transitions

  private mutating func transition() async throws {
    if random.oneIn(6), let again = random.element(of: applied) {
      return try await perform(again)
    }
    guard let task = someTask(), let job = state.jobs[task.id.job] else { return }
    try await perform(someTransition(job, task))
  }

  private mutating func someTransition(_ job: JobRecord, _ task: TaskRecord) -> Transition {
    if task.slurmJobID(in: job) == nil || random.oneIn(12) {
      return .bound(
        SlurmKey(job: job, task: task), slurmJobID: Int64(random.pick(1...1000)))
    }
    switch task.state {
    case .waiting, .ended:
      if random.oneIn(3) {
        return .dropped(
          task.id, random.element(of: TaskOutcome.allCases) ?? .lost, cause: "as Slurm says")
      }
      var run = someRun(
        task.nextRun, from: random.element(of: [Example.small, Example.over]) ?? Example.small)
      run.started = clock
      if task.isEnded, random.oneIn(2) {
        return .repeated(task.id, run, slurmJobID: 7, someEnd(start: clock, isLast: true))
      }
      return .adopted(task.id, run, slurmJobID: 7)
    case .starting(let run):
      if random.oneIn(3) { return .returned(run, cause: "not started in time") }
      if random.oneIn(3) { return .ended(run, someEnd(start: nil)) }
      return .started(
        run, at: clock, weight: Weight(thousandths: Int64(random.pick(0...8000))),
        slurmJobID: 7, devices: ["gn01:0"])
    case .running(let run):
      return random.oneIn(8)
        ? .returned(run, cause: "gone") : .ended(run, someEnd(start: state.runs[run]?.started))
    }
  }

  private mutating func someEnd(start: Instant?, isLast: Bool = false) -> RunEnd {
    let outcome = random.element(of: TaskOutcome.allCases) ?? .completed
    return RunEnd(
      start: start, end: clock, outcome: outcome, exitCode: random.pick(0...255),
      signal: random.pick(0...15),
      used: start == nil ? .zero : GPUTime(milliseconds: Int64(random.pick(0...9_000_000))),
      pastEnd: random.oneIn(4) ? GPUTime(milliseconds: Int64(random.pick(0...4_000_000))) : .zero,
      refund: random.oneIn(3) ? .nodeFailure : nil, requeued: random.oneIn(3) && !isLast)
  }

  private mutating func perform(_ transition: Transition) async throws {
    let before = state
    let expected = state.apply(transition, at: clock)
    if expected {
      post(transition, before)
      applied.append(transition)
    }
    if !starts.isEmpty { try await catchUp() }
    group.append((transition, expected ? .done : .stale))
  }

  /// What a transition means to the books.
  private mutating func post(_ transition: Transition, _ before: EngineState) {
    switch transition {
    case .bound, .started, .dropped: break
    case .adopted(_, let run, _, _):
      guard let hold = state.runs[run.id]?.hold else { return }
      _ = books.post(.hold(run.id, run.allocation, hold, effective: run.committed), now: clock)
    case .repeated(_, let run, _, let end):
      var begun = run.withoutHold
      let isOpen = state.centre.allocations[run.allocation]?.isOpen(at: run.begun) ?? false
      if let hold = run.hold, isOpen,
        case .posted = books.post(
          .hold(run.id, run.allocation, hold, effective: run.committed), now: clock)
      {
        begun = run
      }
      book(end, of: begun)
    case .returned(let id, _):
      guard let run = before.runs[id], run.hold != nil else { return }
      _ = books.post(.settle(id, used: .zero, over: clock..<clock), now: clock)
    case .ended(let id, let end):
      guard let run = before.runs[id] else { return }
      book(end, of: run)
    }
  }

  private mutating func book(_ end: RunEnd, of run: RunRecord) {
    guard run.hold != nil else {
      _ = books.post(
        .overrun(run.id, run.allocation, end.used, .unplanned, effective: end.end), now: clock)
      return
    }
    _ = books.post(
      .settle(run.id, used: end.used, pastEnd: end.pastEnd, over: end.span), now: clock)
    guard let reason = end.refund else { return }
    _ = books.post(.refund(run.id, reason, effective: end.end), now: clock)
  }

  private mutating func expire() async throws {
    try await catchUp()
    let allocation = random.oneIn(4) ? Example.over : Example.large
    try await store.expire(allocation)
    guard allocation == Example.over else { return }
    guard state.apply(.expire(allocation)), let end = books.windowEnds[allocation] else { return }
    let id = EntryID("expiry:\(allocation):\(books.entries.count)")
    _ = books.post(.expire(id, allocation, effective: end), now: clock)
  }

  // MARK: Comparing

  mutating func compare() async throws {
    try await catchUp()
    let snapshot = try await store.snapshot()
    let open = Set(state.tasks.values.filter { !$0.state.isEnded }.map(\.id.job))
    let needed = Set(open.flatMap { state.jobs[$0]?.request.dependencies.map(\.job) ?? [] })
    let kept = open.union(needed)
    #expect(snapshot.state.jobs == state.jobs.filter { kept.contains($0.key) })
    #expect(snapshot.state.tasks == state.tasks.filter { kept.contains($0.key.job) })
    #expect(snapshot.state.runs == state.runs)
    #expect(snapshot.state.balances == state.balances)
    #expect(snapshot.state.centre == state.centre)
    #expect(snapshot.state.order == state.order)
    let sheets = try await store.sheets(SheetFilter(ended: true, limit: 10_000))
    #expect(
      Dictionary(uniqueKeysWithValues: sheets.flatMap(\.tasks).map { ($0.id, $0) })
        == state.tasks)
    try await compareBooks()
    let audit = try await store.audit()
    #expect(audit.balanced)
    #expect(audit.runningTasks == state.runs.count)
    #expect(audit.openHolds == state.runs.values.filter { $0.hold ?? .zero > .zero }.count)
  }

  private func compareBooks() async throws {
    var entries: [AllocationID: [Entry]] = [:]
    for project in [Example.longscan, Example.roads] {
      for entry in try await store.entries(of: project) {
        entries[entry.allocation, default: []].append(entry.comparable)
      }
    }
    #expect(entries == Dictionary(grouping: books.entries.map(\.comparable), by: \.allocation))
  }
}

extension TaskState {
  fileprivate var isEnded: Bool { if case .ended = self { true } else { false } }
}

// Why: a limit on what runs or waits holds at any concurrency, as budgets and caps do.
import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
import Scheduling
import Seeds
import Services
import Store
import Testing

@Suite("limits on what runs or waits at once", .serialized, .timeLimit(.minutes(2)))
struct LimitTests {
  private let limit: LimitID = Example.id("few")

  /// The example under one limit.
  private func limited(
    _ store: PostgresStore, _ scope: CapScope?, _ most: [LimitMeasure: Int64],
    each: LimitEach? = nil
  ) async throws {
    var centre = Example.centre
    centre.limitRules[limit] = LimitRule(id: limit, scope: scope, each: each, most: most)
    let outcome = try await store.replaceCentre(
      with: centre, postings: [], ifStill: Example.centre, by: "m-1")
    #expect(outcome == .done)
    let read = try await store.centre()
    #expect(read == centre)
  }

  @Test(
    "a start beyond what a measure allows is stale, in a group and in groups of their own",
    arguments: [
      // Each run has two nodes of a GPU and holds an hour.
      (LimitMeasure.gpus, Int64(5)), (.running, 2), (.held, 2 * 3_600_000 + 5),
    ])
  func measures(measure: LimitMeasure, most: Int64) async throws {
    try await withStore { store, _ in
      try await limited(store, .project(Example.longscan), [measure: most])
      var runs: [RunID] = []
      for _ in 0..<4 { runs.append(try await store.accepted().firstRun) }
      let first = try await store.commit([Example.run(runs[0])])
      let rest = try await store.commit(runs.dropFirst().map { Example.run($0) })
      #expect(first == [.done] && rest == [.done, .stale, .stale])
      let other = try await store.accepted(Example.job(Example.request(Example.roads)))
      let free = try await store.commit(Example.run(other.firstRun, from: Example.fast))
      #expect(free == .done, "another project's passes")
      let ended = try await store.perform(.ended(runs[0], Example.end(used: .hours(1))))
      let again = try await store.commit(Example.run(runs[2]))
      #expect(ended == .done && again == .done)
    }
  }

  @Test(
    "each level of the tree is counted by who bears the run",
    arguments: [
      CapScope.member(Example.alice, Example.longscan), .project(Example.longscan),
      .programmes([Example.id("playground")]), .funder(Example.id("state")),
    ])
  func levels(scope: CapScope) async throws {
    try await withStore { store, _ in
      try await limited(store, scope, [.running: 1])
      let (one, two) = (try await store.accepted(), try await store.accepted())
      let outcomes = try await store.commit([
        Example.run(one.firstRun), Example.run(two.firstRun),
      ])
      #expect(outcomes == [.done, .stale])
    }
  }

  @Test(
    "each member, or each project, has all that a limit for each allows",
    arguments: [(nil, [1, 1, 0]), (LimitEach.project, [1, 1, 0]), (.member, [1, 0, 0])]
      as [(LimitEach?, [Int])])
  func each(rule: (LimitEach?, [Int])) async throws {
    try await withStore { store, _ in
      let (each, expected) = rule
      let most: Int64 = each == nil ? 2 : 1
      try await limited(store, nil, [.running: most], each: each)
      var outcomes: [Int] = []
      for project in [Example.longscan, Example.roads, Example.longscan] {
        let job = try await store.accepted(Example.job(Example.request(project)))
        let allocation = project == Example.roads ? Example.fast : Example.large
        let run = Example.run(job.firstRun, from: allocation)
        var state = try await store.snapshot().state
        let allowed = state.apply(.start(run))
        let done = try await store.commit(run) == .done
        #expect(done == allowed, "the core says the same")
        outcomes.append(done ? 1 : 0)
      }
      #expect(outcomes == expected)
    }
  }

  @Test("a queue's limit for each member counts each alone, and an array whole")
  func queueOfEach() async throws {
    try await withStore { store, _ in
      try await limited(store, nil, [.waiting: 3], each: .project)
      _ = try await store.accepted(Example.job(Example.request(tasks: [0, 1, 2])))
      guard case .refused(let shortfall) = try await store.accept(Example.job()) else {
        throw Unexpected("the project has three")
      }
      #expect(shortfall.counter == LimitCounter(limit, .project(Example.longscan)))
      _ = try await store.accepted(Example.job(Example.request(Example.roads)))
    }
  }

  @Test("while 64 writers start and end runs, never are more GPUs in use than a limit allows")
  func never() async throws {
    try await withStore(connections: 16) { store, database in
      // Each run has two nodes with a GPU each: eight may run at once.
      let most: Int64 = 17
      try await limited(store, .funder(Example.id("state")), [.gpus: most])
      var runs: [RunRecord] = []
      for (project, allocation) in [
        (Example.longscan, Example.large), (Example.roads, Example.fast),
      ] {
        let request = Example.request(project, tasks: Array(0..<32))
        let job = try await store.accepted(Example.job(request))
        runs += job.request.tasks(of: job.id).map {
          Example.run(
            RunID(task: $0, attempt: 1), from: allocation, hold: GPUTime(milliseconds: 36_000))
        }
      }
      let watch = Watch()
      let watcher = Task { try await watch.mostInUse(database) }
      let stale = try await withThrowingTaskGroup(of: Int.self) { group in
        for run in runs { group.addTask { try await Self.startAndEnd(run, store) } }
        return try await group.reduce(0, +)
      }
      await watch.end()
      let seen = try await watcher.value
      #expect(seen <= most && seen > 0)
      #expect(stale > 0, "they stood in each other's way")
      let ended = try await database.number("SELECT count(*) FROM run WHERE state = 'ended'")
      #expect(ended == 64 && store.counts.deadlockRetries == 0)
    }
  }

  /// Starts a run as soon as the limit leaves room, and ends it; how often there was none.
  private static func startAndEnd(
    _ run: RunRecord, _ store: PostgresStore
  ) async throws -> Int {
    var stale = 0
    while try await store.commit(run) != .done { stale += 1 }
    let end = Example.end(used: GPUTime(milliseconds: 1000))
    guard try await store.perform(.ended(run.id, end)) == .done else {
      throw Unexpected("\(run.id) did not end")
    }
    return stale
  }

  @Test("starts at once take what a limit leaves, and no more", arguments: [1, 3])
  func race(most: Int) async throws {
    try await withStore(connections: 8) { store, database in
      try await limited(store, .funder(Example.id("state")), [.running: Int64(most)])
      var runs: [RunID] = []
      for _ in 0..<16 { runs.append(try await store.accepted().firstRun) }
      let done = try await withThrowingTaskGroup(of: GuardedOutcome.self) { group in
        for run in runs { group.addTask { try await store.commit(Example.run(run)) } }
        return try await group.reduce(into: 0) { $0 += $1 == .done ? 1 : 0 }
      }
      #expect(done == most)
      let open = try await database.number("SELECT count(*) FROM open_run")
      #expect(open == Int64(most))
    }
  }

  @Test("submissions at once fill a queue to its limit, arrays whole or not at all")
  func queueRace() async throws {
    try await withStore(connections: 8) { store, database in
      try await limited(
        store, .member(Example.alice, Example.longscan), [.waiting: 10])
      let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<12 {
          group.addTask {
            let tasks = number.isMultiple(of: 2) ? [] : [0, 1, 2]
            let job = Example.job(Example.request(tasks: tasks), key: "k\(number)")
            switch try await store.accept(job) {
            case .accepted: return max(tasks.count, 1)
            case .refused(let shortfall):
              #expect(shortfall.inUse + shortfall.wants > 10 && shortfall.most == 10)
              return 0
            case .again, .keyUsedOtherwise: throw Unexpected("no key was used before")
            }
          }
        }
        return try await group.reduce(0, +)
      }
      let waiting = try await database.number("SELECT count(*) FROM task")
      #expect(accepted <= 10 && accepted >= 8 && waiting == Int64(accepted))
    }
  }

  @Test("what was accepted under its key is given again, though the queue is full by now")
  func repeated() async throws {
    try await withStore { store, _ in
      try await limited(store, .project(Example.longscan), [.waiting: 1])
      let job = Example.job(key: "one")
      let record = try await store.accepted(job)
      let again = try await store.accept(job)
      #expect(again == .again(record))
      guard case .refused(let shortfall) = try await store.accept(Example.job(key: "two")) else {
        throw Unexpected("the queue is full")
      }
      #expect(shortfall.limit == limit && shortfall.inUse == 1 && shortfall.wants == 1)
      let roads = try await store.accept(Example.job(Example.request(Example.roads)))
      guard case .accepted = roads else { throw Unexpected("another project's is accepted") }
    }
  }

  @Test("a repetition takes no place in a full queue, though it comes together with what does")
  func repeatedTogether() async throws {
    try await withStore { store, _ in
      try await limited(store, .project(Example.longscan), [.waiting: 4])
      _ = try await store.accepted(Example.job(key: "k0"))
      let kinds = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<12 {
          group.addTask {
            switch try await store.accept(Example.job(key: "k\(number % 4)")) {
            case .accepted: "new"
            case .again: "again"
            case .refused, .keyUsedOtherwise: "refused"
            }
          }
        }
        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
      }
      #expect(kinds == ["new": 3, "again": 9])
    }
  }

  @Test("a longer time limit is refused where more would be held at once than a limit allows")
  func extended() async throws {
    try await withStore { store, _ in
      let most = GPUTime.hours(3)
      try await limited(store, .project(Example.longscan), [.held: most.milliseconds])
      var runs: [RunID] = []
      for _ in 0..<2 {
        let now = try await store.now()
        let run = Example.run(try await store.accepted().firstRun, at: now)
        let started = Transition.started(
          run.id, at: now, weight: run.weight, slurmJobID: 77, devices: [])
        let done = try await store.commit(run)
        _ = try await store.perform(started)
        #expect(done == .done)
        runs.append(run.id)
      }
      func change(_ run: RunID, to limit: Seconds) async throws -> LimitOutcome {
        try await store.change(
          limitOf: run.task, to: LimitChange(limit: limit, grace: .zero, maximum: .hours(24)))
      }
      let refused = try await change(runs[0], to: .hours(3))
      #expect(
        refused == .refused(runs[0].task, .limit(limit, needs: .hours(2), most: most)))
      let held = try await store.snapshot().state.runs.values.map { $0.hold ?? .zero }
      #expect(held == [.hours(1), .hours(1)], "nothing was held for it")
      guard case .done(_, more: .hours(1)) = try await change(runs[0], to: .hours(2)) else {
        throw Unexpected("as much as the limit leaves is held")
      }
      // A shorter one needs nothing.
      let lowered = try await change(runs[1], to: .minutes(30))
      guard case .done(_, more: .zero) = lowered else { throw Unexpected("\(lowered)") }
    }
  }

  @Test("what the store allows is what the core allows", arguments: 1...4)
  func oracle(seed: Int) async throws {
    try await withStore { store, _ in
      var random = SplitMix64(seed: UInt64(seed))
      try await limited(
        store, .programmes([Example.id("playground")]),
        [.gpus: 11, .held: 9 * 3_600_000, .running: 6])
      for _ in 0..<40 {
        let project = random.oneIn(3) ? Example.roads : Example.longscan
        let allocation = project == Example.roads ? Example.fast : Example.large
        let job = try await store.accepted(Example.job(Example.request(project)))
        var state = try await store.snapshot().state
        let run = Example.run(
          job.firstRun, from: allocation, hold: .hours(Int64(random.pick(1...3))))
        let expected = state.apply(.start(run))
        let outcome = try await store.commit(run)
        #expect((outcome == .done) == expected, "seed \(seed)")
        let open = state.runs.keys.sorted()
        if random.oneIn(3), let id = random.element(of: open) {
          _ = try await store.perform(.ended(id, Example.end(used: .hours(1))))
        }
      }
    }
  }
}

/// Looks at what runs use until it is told to end.
private actor Watch {
  private var isOver = false

  func end() { isOver = true }

  /// The most GPUs that runs under way had at any look.
  func mostInUse(_ database: Database) async throws -> Int64 {
    var most: Int64 = 0
    while !isOver {
      let now = try await database.number(
        """
        SELECT coalesce(sum(run.gpus_per_node * cardinality(run.nodes)), 0)::bigint
        FROM open_run JOIN run USING (job, task_index, attempt, committed_at)
        """)
      most = max(most, now)
    }
    return most
  }
}

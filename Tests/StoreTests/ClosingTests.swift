// Why: what is done to runs at the end of a budget is written once, with its directive.
import Domain
import Engine
import Ledger
import Lifecycle
import Services
import Store
import Testing

@Suite("closing", .serialized, .timeLimit(.minutes(1)))
struct ClosingTests {
  /// A store with a run of an hour that has begun.
  private func withRun(
    _ body: (PostgresStore, JobRecord, RunRecord) async throws -> Void
  ) async throws {
    try await withStore { store, _ in
      let job = try await store.accepted()
      let now = try await store.now()
      let run = Example.run(job.firstRun, at: now)
      #expect(try await store.commit(run) == .done)
      _ = try await store.perform(
        .bound(SlurmKey(job: job, task: TaskRecord(id: job.task)), slurmJobID: 77))
      _ = try await store.perform(
        .started(run.id, at: now, weight: run.weight, slurmJobID: 77, devices: []))
      try await store.finish(.start(run.id))
      try await body(store, job, run)
    }
  }

  @Test("a warning, a limit and an end are written once each, and read back")
  func acts() async throws {
    try await withRun { store, _, run in
      let acts: [RunAct] = [
        .signal(run.id, .usr2), .limit(run.id, .minutes(9), isCut: true),
        .end(run.id, .windowEnded),
      ]
      for act in acts {
        #expect(try await store.commit(act) == .done)
        #expect(try await store.commit(act) == .stale)
      }
      #expect(try await store.commit(.end(run.id, .suspended)) == .stale)
      let snapshot = try await store.snapshot()
      #expect(
        snapshot.state.runs[run.id]?.closing
          == RunClosing(signalled: true, limit: .minutes(9), cause: .windowEnded))
      #expect(
        snapshot.directives == [
          .signal(run.id, .usr2), .limit(run.id, .minutes(9)), .end(run.id),
        ])
      try await store.finish(.limit(run.id, .minutes(8)))
      #expect(try await store.snapshot().directives.count == 3, "another limit was performed")
      for directive in snapshot.directives { try await store.finish(directive) }
      #expect(try await store.snapshot().directives == [])
    }
  }

  @Test("that a run makes way, and when, is written once with its warning, and read back")
  func evicted() async throws {
    try await withRun { store, _, run in
      let end = Instant(milliseconds: 1_800_000_000_250)
      let act = RunAct.evict(run.id, .term, at: end)
      #expect(try await store.commit(act) == .done)
      #expect(try await store.commit(.evict(run.id, .term, at: end + Seconds(9))) == .stale)
      let snapshot = try await store.snapshot()
      #expect(snapshot.state.runs[run.id]?.closing == RunClosing(evictedAt: end))
      #expect(snapshot.directives == [.signal(run.id, .term)])
      #expect(try await store.commit(.end(run.id, .preempted)) == .done)
      let sheet = try #require(try await store.sheets(SheetFilter(job: run.id.task.job)).first)
      #expect(
        sheet.runs.first?.run.closing == RunClosing(cause: .preempted, evictedAt: end))
    }
  }

  @Test("the end of a run clears what was still to be done to it, and says why it ended")
  func ended() async throws {
    try await withRun { store, job, run in
      _ = try await store.commit(.end(run.id, .windowEnded))
      let end = Example.end(used: .zero, at: try await store.now(), outcome: .cancelled)
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      #expect(try await store.snapshot().directives == [])
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.causes[job.task] == EndCause.windowEnded.words)
      #expect(try await store.commit(.signal(run.id, .usr1)) == .stale)
    }
  }

  @Test("a longer limit takes a further hold, once, and the end settles all of it")
  func extended() async throws {
    try await withRun { store, _, run in
      let before = try #require(try await store.balances()[Example.large])
      let change = LimitChange(limit: .hours(2), grace: .zero, maximum: .hours(24))
      guard
        case .done(let changed, let more) = try await store.change(
          limitOf: run.id.task, to: change)
      else { throw Unexpected("the limit was not changed") }
      #expect(more == .hours(1))
      let longer = try #require(changed.first)
      #expect(longer.reach == .hours(2))
      #expect(try await store.change(limitOf: run.id.task, to: change) == .unchanged)
      let held = try #require(try await store.balances()[Example.large])
      #expect(held.held == before.held + .hours(1))
      #expect(try await store.snapshot().state.runs[run.id] == longer)
      #expect(try await store.snapshot().directives == [.limit(run.id, .hours(2))])
      #expect(try await store.audit().balanced)
      let end = Example.end(used: .hours(1) + .hours(1), at: try await store.now())
      #expect(try await store.perform(.ended(run.id, end)) == .done)
      let after = try #require(try await store.balances()[Example.large])
      #expect(after.held == before.held - .hours(1))
      #expect(after.charged == before.charged + .hours(2))
      #expect(try await store.audit().balanced)
    }
  }

  @Test("an extension beyond the budget is refused with its numbers, and changes nothing")
  func tooDear() async throws {
    try await withRun { store, _, run in
      let balance = try #require(try await store.balances()[Example.large])
      let hours = balance.available.milliseconds / 3_600_000 + 2
      let change = LimitChange(
        limit: .hours(hours), grace: .zero, maximum: .hours(10_000_000))
      let outcome = try await store.change(limitOf: run.id.task, to: change)
      switch outcome {
      case .refused(_, .budget(_, let needs, let available, _)):
        #expect(needs > available)
      case .refused(_, .window): break
      default: Issue.record("\(outcome)")
      }
      #expect(try await store.balances()[Example.large] == balance)
      #expect(try await store.snapshot().directives == [])
    }
  }

  @Test("a waiting task is refused once, and Slurm is told if it is there")
  func refused() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(origin: .slurm))
      _ = try await store.perform(
        .bound(SlurmKey(job: job, task: TaskRecord(id: job.task)), slurmJobID: 77))
      #expect(try await store.refuse(job.task, cause: "for nothing") == .done)
      #expect(try await store.refuse(job.task, cause: "for nothing") == .stale)
      #expect(
        try await store.snapshot().directives == [.cancel(job.task, slurmJobID: 77)])
      let sheet = try #require(try await store.sheets(SheetFilter(job: job.id)).first)
      #expect(sheet.tasks.map(\.state) == [.ended(.refused)])
      #expect(sheet.causes == [job.task: "for nothing"])
    }
  }

  @Test("policies, suspensions and what under-use is are read as they were described")
  func described() async throws {
    try await withStore { store, _ in
      let centre = try await store.centre()
      var next = centre
      let policy = ClosingPolicy(
        atEnd: .signal, atExhaustion: .goOn, signal: .hup, ahead: Seconds(42),
        overrunCap: .hours(3))
      let old = try #require(centre.allocations[Example.large])
      next.allocations[old.id] = Allocation(
        id: old.id, project: old.project, programme: old.programme, granted: old.granted,
        window: old.window, opening: old.opening, suspended: Example.past, policy: policy)
      let programme = try #require(centre.programmes[old.programme])
      next.programmes[programme.id] = Programme(
        id: programme.id, name: programme.name, funder: programme.funder, mode: programme.mode,
        amount: programme.amount, maximumMonths: programme.maximumMonths,
        demand: programme.demand, accessWorkingDays: programme.accessWorkingDays, policy: policy,
        underUse: UnderUseRule(usedBelow: 8000, after: 2000))
      #expect(
        try await store.replaceCentre(with: next, postings: [], ifStill: centre, by: "test")
          == .done)
      #expect(try await store.centre() == next)
      let job = try await store.accepted()
      let run = Example.run(job.firstRun, at: try await store.now())
      #expect(try await store.commit(run) == .stale, "nothing starts while it is suspended")
    }
  }

  @Test("a job that waits has another limit for its runs to come, and one that does not keeps its")
  func waitingLimit() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(key: "k"))
      #expect(
        try await store.change(limitOf: job.task, to: limit(.hours(3))) == .done([], more: .zero))
      #expect(try await store.change(limitOf: job.task, to: limit(.hours(3))) == .unchanged)
      let seen = try #require(try await store.snapshot().state.jobs[job.id])
      #expect(seen.request.timeLimit == .hours(3) && seen.isLimitChanged)
      #expect(seen == job.limited(to: .hours(3)))
      guard case .again = try await store.accept(Example.job(key: "k")) else {
        throw Unexpected("a repeated submission is the same job still")
      }
      // A start that was decided before the change holds too little.
      let run = Example.run(job.firstRun, at: try await store.now())
      #expect(try await store.commit(run) == .stale)
      let early = Example.run(job.firstRun).reaching(.hours(3), holding: .zero)
      #expect(try await store.commit(early) == .stale)
      #expect(try await store.commit(run.reaching(.hours(3), holding: .zero)) == .done)
      #expect(
        try await store.change(limitOf: job.task, to: limit(.hours(4)))
          == .refused(job.task, .notRunning), "it is starting")
      #expect(try await store.snapshot().state.jobs[job.id]?.request.timeLimit == .hours(3))
    }
  }

  private func limit(_ limit: Seconds) -> LimitChange {
    LimitChange(limit: limit, grace: .zero, maximum: .hours(1_000_000))
  }

  @Test("one task of an array has another limit than the others, until the array has another")
  func taskLimit() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(Example.request(tasks: [0, 1])))
      let tasks = job.request.tasks(of: job.id)
      #expect(
        try await store.change(limitOf: tasks[1], to: limit(.minutes(150) + Seconds(1)))
          == .done([], more: .zero))
      var state = try await store.snapshot().state
      #expect(tasks.map { state.tasks[$0]?.limit } == [nil, .minutes(151)], "in whole minutes")
      #expect(state.jobs[job.id]?.request == job.request)
      let now = try await store.now()
      let runs = tasks.map { Example.run(RunID(task: $0, attempt: 1), at: now) }
      #expect(
        try await store.commit(runs) == [.done, .stale], "the second one's hold does not reach")
      #expect(
        try await store.commit(runs[1].reaching(.hours(3), holding: .hours(2))) == .done)
      for run in runs { _ = try await store.perform(.returned(run.id, cause: "not started")) }
      let whole = TaskID(job: job.id, index: nil)
      #expect(
        try await store.change(limitOf: whole, to: limit(.hours(2))) == .done([], more: .zero))
      state = try await store.snapshot().state
      #expect(tasks.map { state.tasks[$0]?.limit } == [nil, nil])
      #expect(state.jobs[job.id]?.request.timeLimit == .hours(2))
    }
  }

  @Test("all tasks of an array have another limit, or none has")
  func arrayLimit() async throws {
    try await withStore { store, _ in
      let job = try await store.accepted(Example.job(Example.request(tasks: [0, 1, 2])))
      let now = try await store.now()
      // The last one's allocation has no more to hold.
      let runs = zip([0, 1], [Example.large, Example.small]).map { index, allocation in
        Example.run(
          RunID(task: TaskID(job: job.id, index: index), attempt: 1), from: allocation, at: now)
      }
      #expect(try await store.commit(runs) == [.done, .done])
      for run in runs {
        _ = try await store.perform(
          .started(run.id, at: now, weight: run.weight, slurmJobID: 7, devices: []))
        try await store.finish(.start(run.id))
      }
      let before = try await store.snapshot()
      let whole = TaskID(job: job.id, index: nil)
      guard
        case .refused(runs[1].id.task, .budget(Example.small, _, _, _)) = try await store.change(
          limitOf: whole, to: limit(.hours(2)))
      else { throw Unexpected("the second run can't be extended") }
      let after = try await store.snapshot()
      #expect(after.state == before.state && after.directives == before.directives)
      #expect(
        try await store.change(limitOf: whole, to: limit(.minutes(30)))
          == .done(
            runs.map { run in
              run.running(since: now, weight: run.weight).reaching(.minutes(30), holding: .zero)
            }, more: .zero))
      let shorter = try await store.snapshot()
      #expect(shorter.state.jobs[job.id]?.request.timeLimit == .minutes(30))
      #expect(shorter.directives == runs.map { .limit($0.id, .minutes(30)) })
      #expect(try await store.audit().balanced)
    }
  }
}

import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// Limits on what runs and waits at once, from their description to the cycle.
@Suite("limits on what is there at once")
struct RunLimitTests {
  private let site = SmallSite.self
  private let limit = SmallSite.name("few", LimitID.self)

  /// The town of two funders under one limit.
  private func town(
    _ scope: CapScope, _ most: [LimitMeasure: Int64], ahead promise: Seconds? = nil
  ) -> EngineState {
    var town = OrderTown.with(nil)
    town.centre.limitRules[limit] = LimitRule(id: limit, scope: scope, most: most)
    return town
  }

  private var alpha: ProjectID { site.name("alpha", ProjectID.self) }

  /// A node of four GPUs for 100 s, and 10 s of grace.
  private func job(_ number: Int64, _ member: MemberID = OrderTown.anna) -> JobRecord {
    OrderTown.job(number, of: member, nodes: 1, at: 0)
  }

  private func numbers(_ runs: [RunRecord]) -> [Int64] { runs.map(\.id.task.job.number) }

  @Test(
    "as much runs as each measure allows, others pass, and the wait has its numbers and its start",
    arguments: [
      (LimitMeasure.gpus, Int64(8), Int64(4)), (.running, 2, 1),
      (.held, 2 * 4 * 110_000, 4 * 110_000),
    ])
  func measures(measure: LimitMeasure, most: Int64, wants: Int64) throws {
    var town = town(.project(alpha), [measure: most])
    for number in 1...3 { town = town.with(job(Int64(number))) }
    town = town.with(job(4, OrderTown.bea))
    let (after, started) = town.cycled(now: site.at(0))
    #expect(numbers(started) == [1, 2, 4], "bea's job passes anna's third")
    let waits = site.cycle.run(after, now: site.at(1)).decisions.compactMap {
      decision -> (LimitShortfall, Instant?)? in
      guard case .wait(_, .limit(let shortfall), let expected) = decision else { return nil }
      return (shortfall, expected)
    }
    let (shortfall, expected) = try #require(waits.first)
    #expect(
      shortfall
        == LimitShortfall(
          counter: LimitCounter(limit), scope: .project(alpha), measure: measure, wants: wants,
          most: most,
          inUse: 2 * wants, promisedAhead: 0))
    #expect(expected == site.at(110), "when the first of the two is over at the latest")
  }

  @Test(
    "where the limits above an allocation leave no room, the next that can pay is held from",
    arguments: [Int.max, 0])
  func nextAllocation(exactTasks: Int) {
    var town = town(.programmes([site.name("up", ProgrammeID.self)]), [.running: 1])
    let second = site.name("alpha-2", AllocationID.self)
    town.centre.allocations[second] = Allocation(
      id: second, project: alpha, programme: site.name("sp", ProgrammeID.self),
      granted: .hours(100), window: site.at(0)..<site.at(950_000), opening: .zero)
    town.balances[second] = Balance(granted: .hours(100))
    for number in 1...3 { town = town.with(job(Int64(number))) }
    let cycle = Cycle(planning: .conservative, lifecycle: site.policy, exactTasks: exactTasks)
    let runs = cycle.run(town, now: site.at(0)).decisions.compactMap {
      if case .start(let run) = $0 { run } else { nil }
    }
    #expect(numbers(runs) == [1, 2, 3])
    #expect(runs.map(\.allocation.text) == ["alpha-1", "alpha-2", "alpha-2"])
  }

  @Test("what the tasks ahead start now is told apart from what runs")
  func ahead() {
    var town = town(.project(alpha), [.running: 1])
    for number in 1...3 { town = town.with(job(Int64(number))) }
    let waits = site.cycle.run(town, now: site.at(0)).decisions.compactMap {
      decision -> (LimitShortfall, Instant?)? in
      guard case .wait(_, .limit(let shortfall), let expected) = decision else { return nil }
      return (shortfall, expected)
    }
    #expect(waits.map(\.0.inUse) == [0, 0] && waits.map(\.0.promisedAhead) == [1, 1])
    #expect(waits.map(\.1) == [site.at(110), site.at(220)], "one after the other")
  }

  @Test("each level of the tree has limits of its own, and the narrowest is named")
  func levels() throws {
    let scopes: [(String, CapScope)] = [
      ("a-funder", .funder(OrderTown.union)), ("b-programmes", .programmes([programme("up")])),
      ("c-project", .project(alpha)), ("d-member", .member(OrderTown.anna, alpha)),
      ("e-commercial", .commercial(OrderTown.union)),
    ]
    for (name, scope) in scopes {
      let counted = scope == .commercial(OrderTown.union) ? 2 : 1
      var town = town(scope, [.running: 1])
      town = town.with(job(1)).with(job(2)).with(job(3, OrderTown.bea))
      let started = town.cycled(now: site.at(0)).started
      #expect(numbers(started) == (counted == 1 ? [1, 3] : [1, 2, 3]), "\(name)")
    }
    var all = town(.project(alpha), [:])
    for (name, scope) in scopes {
      let id = site.name(name, LimitID.self)
      all.centre.limitRules[id] = LimitRule(id: id, scope: scope, most: [.running: 0])
    }
    let decisions = site.cycle.run(all.with(job(1)), now: site.at(0)).decisions
    guard case .wait(_, .limit(let shortfall), let expected) = decisions.first else {
      Issue.record("\(decisions)")
      return
    }
    #expect(shortfall.limit.text == "d-member" && expected == nil, "it never comes free")
  }

  /// A job of a member in whichever project.
  private func job(_ number: Int64, _ member: MemberID, in project: String) -> JobRecord {
    let one = OrderTown.job(number, of: member, nodes: 1, at: 0)
    let request = JobRequest(
      name: "j", member: member, project: site.name(project, ProjectID.self), allocation: nil,
      partition: site.gpu, nodeCount: 1, perNode: one.request.perNode, gpuType: nil,
      timeLimit: one.request.timeLimit)
    return JobRecord(
      id: one.id, request: request, origin: .polder, submitted: one.submitted, binding: .unbound)
  }

  @Test(
    "one rule stands for each member, or each project, of what it counts",
    arguments: [
      // Anna's in alpha, anna's, bea's, bea's in alpha; and anna's in beta.
      (nil, nil, [1]),
      (nil, LimitEach.member, [1, 3]),
      (nil, .project, [1, 5]),
      (CapScope.project(SmallSite.name("alpha", ProjectID.self)), .member, [1, 3, 5]),
    ] as [(CapScope?, LimitEach?, [Int64])], [Int.max, 0])
  func each(rule: (CapScope?, LimitEach?, [Int64]), exactTasks: Int) throws {
    var town = OrderTown.with(nil)
    let (scope, each, expected) = rule
    town.centre.limitRules[limit] = LimitRule(
      id: limit, scope: scope, each: each, most: [.running: 1])
    town = town.with(job(1, OrderTown.anna, in: "alpha")).with(job(2, OrderTown.anna, in: "alpha"))
    town = town.with(job(3, OrderTown.bea, in: "alpha")).with(job(4, OrderTown.bea, in: "alpha"))
    town = town.with(job(5, OrderTown.anna, in: "beta"))
    let cycle = Cycle(planning: .conservative, lifecycle: site.policy, exactTasks: exactTasks)
    let runs = cycle.run(town, now: site.at(0)).decisions.compactMap { decision -> RunRecord? in
      if case .start(let run) = decision { run } else { nil }
    }
    #expect(numbers(runs).sorted() == expected)
    var state = town
    for run in runs {
      let applied = state.apply(.start(run))
      #expect(applied)
    }
    for standing in state.limitStandings(now: site.at(0)) {
      let counts = standing.counts.values.map(\.inUse.running)
      #expect(!counts.isEmpty && counts.allSatisfy { $0 == 1 })
    }
    let waits = cycle.run(state, now: site.at(0)).decisions.compactMap { decision -> TaskID? in
      if case .wait(let task, .limit(let shortfall), _) = decision, shortfall.inUse == 1 {
        task
      } else {
        nil
      }
    }
    #expect(waits.count + expected.count == 5, "all others wait for the limit")
  }

  @Test("an explanation names the limit with what is in use, and the size that would start now")
  func explained() throws {
    let town = town(.project(alpha), [.gpus: 6]).with(job(1)).with(job(2))
    let (busy, _) = town.cycled(now: site.at(0))
    let task = TaskID(job: JobID(number: 2), index: nil)
    let explanation = try #require(site.cycle.explanation(of: task, busy, now: site.at(1)))
    guard case .wait(.limit(let shortfall), let expected) = explanation.outcome else {
      Issue.record("\(explanation.outcome)")
      return
    }
    #expect(shortfall.limit == limit && shortfall.inUse == 4 && shortfall.most == 6)
    #expect(expected == site.at(110))
    #expect(explanation.sooner.map(\.change) == [.gpusPerNode(2)])
    #expect(explanation.sooner.map(\.start) == [site.at(1)])
  }

  @Test("to suppose a wider limit tells whose start moves")
  func supposed() {
    let town = town(.project(alpha), [.running: 1]).with(job(1)).with(job(2)).with(job(3))
    let supposed = site.cycle.supposing([.atMost(limit, .running, 2)], town, now: site.at(0))
    #expect(supposed.unchanged == 1)
    #expect(
      supposed.changed == [
        SupposedStart(
          task: TaskID(job: JobID(number: 2), index: nil), before: site.at(110),
          after: site.at(0)),
        SupposedStart(
          task: TaskID(job: JobID(number: 3), index: nil), before: site.at(220),
          after: site.at(110)),
      ])
  }

  private func programme(_ text: String) -> ProgrammeID { site.name(text, ProgrammeID.self) }

  @Test("what ends is free again, and a limit that was lowered ends nothing")
  func freed() throws {
    let town = town(.project(alpha), [.running: 1]).with(job(1)).with(job(2))
    let (held, started) = town.cycled(now: site.at(0))
    let run = try #require(started.first)
    var running = held.started(run, at: site.at(0))
    let record = try #require(running.runs[run.id])
    running.centre.limitRules[limit] = LimitRule(
      id: limit, scope: .project(alpha), most: [.running: 0])
    #expect(running.cycled(now: site.at(5)).started.isEmpty && running.runs.count == 1)
    running.centre.limitRules[limit] = town.centre.limitRules[limit]
    let end = RunEnd(
      start: site.at(0), end: site.at(50), outcome: .completed, exitCode: 0, signal: 0,
      used: record.weight * Seconds(50), refund: nil, requeued: false)
    let ended = try #require(running.after(.ended(run.id, end)))
    #expect(numbers(ended.cycled(now: site.at(50)).started) == [2])
  }

  @Test("a start that the state's limits do not leave room for is stale")
  func guarded() throws {
    let free = OrderTown.with(nil).with(job(1)).with(job(2))
    let both = free.cycled(now: site.at(0)).started
    #expect(both.count == 2)
    var limited = free
    limited.centre.limitRules[limit] = LimitRule(
      id: limit, scope: .project(alpha), most: [.gpus: 7])
    let one = try #require(limited.after(.start(both[0])))
    #expect(one.after(.start(both[1])) == nil)
    #expect(one.limitReached(by: both[1]) == limit)
  }

  @Test(
    "a task that waits for a limit holds nobody up, under any policy",
    arguments: PlanningPolicy.allCases, [Int.max, 0])
  func passed(policy: PlanningPolicy, exactTasks: Int) {
    var town = town(.project(alpha), [.running: 1]).with(job(1)).with(job(2))
    for number in 3...4 { town = town.with(job(Int64(number), OrderTown.bea)) }
    let cycle = Cycle(planning: policy, lifecycle: site.policy, exactTasks: exactTasks)
    let decisions = cycle.run(town, now: site.at(0)).decisions
    let started = decisions.compactMap { decision -> Int64? in
      if case .start(let run) = decision { run.id.task.job.number } else { nil }
    }
    #expect(started.sorted() == [1, 3, 4], "\(policy)")
    let reasons = decisions.compactMap { decision -> String? in
      if case .wait(_, let reason, _) = decision { reason.kind } else { nil }
    }
    #expect(reasons == ["limit"], "\(policy)")
  }

  @Test("a queue's limit counts the tasks that wait, and refuses what would go beyond it")
  func queued() throws {
    var town = town(.member(OrderTown.anna, alpha), [.waiting: 3]).with(job(1))
    let rule = try #require(town.centre.limitRules[limit])
    town = town.with(job(2)).with(job(3, OrderTown.bea))
    #expect(town.waiting(now: site.at(0)) == [LimitCounter(rule.id): 2])
    let state = town
    func shortfall(_ tasks: [Int], _ member: MemberID) -> LimitShortfall? {
      let one = OrderTown.job(9, of: member, nodes: 1, at: 0).request
      let request = JobRequest(
        name: "j", member: member, project: one.project, allocation: nil,
        partition: one.partition, nodeCount: 1, perNode: one.perNode, gpuType: nil,
        timeLimit: one.timeLimit, arrayIndices: tasks)
      return state.centre.queueShortfall(of: request, now: site.at(0)) {
        state.waiting(now: site.at(0))[$0] ?? 0
      }
    }
    #expect(shortfall([], OrderTown.anna) == nil && shortfall([0, 1, 2, 3], OrderTown.bea) == nil)
    let refused = try #require(shortfall([0, 1], OrderTown.anna))
    #expect(refused.wants == 2 && refused.inUse == 2 && refused.most == 3)
    // What is limited when it is submitted does not keep what waits from starting.
    #expect(town.cycled(now: site.at(0)).started.count == 3)
  }
}

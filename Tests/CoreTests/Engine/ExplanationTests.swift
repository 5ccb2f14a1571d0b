import Domain
import Engine
import Lifecycle
import Scheduling
import Testing

/// Why a task of the small site waits, and what would let it start sooner.
@Suite("explanations")
struct ExplanationTests {
  /// The four nodes are full until 1010, 2010, 3010 and 3010 seconds.
  private func busy() -> EngineState {
    var state = SmallSite.empty
    for (number, limit) in [(1, 1000), (2, 2000), (3, 3000), (4, 3000)] as [(Int64, Int64)] {
      let request = SmallSite.request(
        nodes: 1, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: limit)
      state = state.with(SmallSite.job(number, request, .polder))
    }
    for decision in SmallSite.cycle.run(state, now: SmallSite.at(0)).decisions {
      state.apply(decision)
    }
    return state
  }

  @Test("it is told who is ahead, and each change that starts sooner, the soonest first")
  func sooner() throws {
    var state = busy()
    let wide = SmallSite.request(
      nodes: 2, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: 3600)
    let narrow = SmallSite.request(
      nodes: 1, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: 1200)
    state = state.with(SmallSite.job(5, wide, .polder)).with(SmallSite.job(6, narrow, .polder))
    let now = SmallSite.at(1)
    let task = TaskID(job: JobID(number: 6), index: nil)
    let promises = SmallSite.cycle.run(state, now: now).promises
    let explanation = try #require(
      SmallSite.cycle.explanation(of: task, state, promises: promises, now: now))
    #expect(explanation.ahead == [TaskID(job: JobID(number: 5), index: nil)])
    guard case .wait(.resources, let expected) = explanation.outcome else {
      Issue.record("\(explanation.outcome)")
      return
    }
    let start = try #require(expected)
    // The other takes the nodes that get free at 1010 and 2010.
    #expect(start == SmallSite.at(3010) && explanation.isPromised)
    // Until then one of them is free for a thousand seconds: enough for half the time.
    #expect(
      explanation.sooner.map(\.change) == [.timeLimit(.minutes(10)), .timeLimit(.minutes(5))])
    #expect(explanation.sooner.map(\.start) == [SmallSite.at(1010), SmallSite.at(1010)])
    #expect(explanation.sooner == explanation.sooner.sorted { $0.start < $1.start })
    for sooner in explanation.sooner { #expect(sooner.start < start) }
  }

  @Test("what it says is what happens: the same request changed so starts then")
  func holds() throws {
    var state = busy()
    let request = SmallSite.request(
      nodes: 2, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: 3600)
    state = state.with(SmallSite.job(5, request, .polder))
    let now = SmallSite.at(1)
    let task = TaskID(job: JobID(number: 5), index: nil)
    let explanation = try #require(SmallSite.cycle.explanation(of: task, state, now: now))
    #expect(explanation.outcome.start == SmallSite.at(2010))
    let half = try #require(explanation.sooner.first { $0.change == .nodes(1) })
    let changed = SmallSite.request(
      nodes: 1, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: 3600)
    let plan = SmallSite.cycle.run(
      busy().with(SmallSite.job(5, changed, .polder)), now: now)
    let expected = plan.decisions.compactMap { decision -> Instant? in
      if case .wait(task, _, let start) = decision { start } else { nil }
    }
    #expect(expected == [half.start] && half.start == SmallSite.at(1010))
  }

  @Test("who waits for money or for too few nodes is ahead of nobody, with a record and without")
  func aheadOfNobody() throws {
    let all = NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000)
    let poor = SmallSite.request(allocation: SmallSite.small, perNode: all, limit: 7200)
    let wide = SmallSite.request(nodes: 2, perNode: all, limit: 3600)
    let narrow = SmallSite.request(perNode: all, limit: 1200)
    var state = busy()
    for (number, request) in [(5, poor), (6, wide), (7, poor), (8, narrow)] as [(Int64, JobRequest)]
    {
      state = state.with(SmallSite.job(number, request, .polder))
    }
    let now = SmallSite.at(1)
    let task = TaskID(job: JobID(number: 8), index: nil)
    let result = SmallSite.cycle.run(state, now: now)
    for record in [nil, result.standing.record] {
      let explanation = try #require(
        SmallSite.cycle.explanation(
          of: task, state, promises: result.promises, record: record, now: now))
      #expect(explanation.ahead == [TaskID(job: JobID(number: 6), index: nil)])
    }
  }

  @Test("a task that is not in the queue has nothing to explain")
  func absent() {
    let task = TaskID(job: JobID(number: 9), index: nil)
    #expect(SmallSite.cycle.explanation(of: task, busy(), now: SmallSite.at(1)) == nil)
  }

  @Test("who names nodes is not advised to take fewer than those")
  func required() throws {
    let names = Array(SmallSite.nodes.prefix(2))
    let base = SmallSite.request(
      nodes: 2, perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 1000), limit: 3600)
    let request = JobRequest(
      name: base.name, member: base.member, project: base.project, allocation: base.allocation,
      partition: base.partition, nodeCount: 2, perNode: base.perNode, gpuType: nil,
      timeLimit: base.timeLimit, terms: NodeTerms(required: names))
    let state = busy().with(SmallSite.job(5, request, .polder))
    let task = TaskID(job: JobID(number: 5), index: nil)
    let explanation = try #require(
      SmallSite.cycle.explanation(of: task, state, now: SmallSite.at(1)))
    #expect(explanation.outcome.start == SmallSite.at(2010))
    #expect(!explanation.sooner.map(\.change).contains(.nodes(1)))
    // A plan of such a request finds no place, and goes on.
    let impossible = request.changed(nodeCount: 1)
    let plan = SmallSite.cycle.run(
      busy().with(SmallSite.job(5, impossible, .polder)), now: SmallSite.at(1))
    guard case .wait(task, .impossible, nil) = try #require(plan.decisions.first) else {
      Issue.record("\(plan.decisions)")
      return
    }
  }

  @Test("asking changes nothing in the plan, and each question is asked alone")
  func alone() {
    for seed in 1...60 as ClosedRange<UInt64> {
      var source = RandomProblem(seed: seed)
      let problem = source.problem()
      for policy in PlanningPolicy.allCases {
        let planner = policy.planner
        let planned = planner.plan(problem, probes: problem.queue)
        #expect(planned.plan == planner.plan(problem), "seed \(seed), \(policy)")
        for (probe, answer) in zip(problem.queue, planned.answers) {
          var longer = problem
          longer.queue.append(probe)
          #expect(
            planner.plan(longer).decisions.last?.outcome == answer, "seed \(seed), \(policy)")
        }
      }
    }
  }
}

extension PlannedTask.Outcome {
  fileprivate var start: Instant? {
    if case .wait(_, let expected) = self { expected } else { nil }
  }
}

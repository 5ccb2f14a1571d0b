// Why: a run that goes on past the end of its allocation costs its project nothing more, and gives
// way to whoever could start, with as little work lost as can be.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("going on past the end")
struct GoingOnTests {
  private let site = SmallSite.self

  /// Runs of some GPUs each on the small site, begun at 0, whose allocation ended at 40 with the policy
  /// to go on.
  private func goingOn(_ jobs: [JobRequest], until end: Int64 = 40) throws -> EngineState {
    var state = site.empty
    for (index, request) in jobs.enumerated() {
      state = state.with(site.job(Int64(index + 1), request))
    }
    var (next, runs) = state.cycled(now: site.at(0))
    try #require(runs.count == jobs.count)
    for run in runs { next = next.started(run, at: site.at(0)) }
    next.centre.allocations[site.large] = Allocation(
      id: site.large, project: site.project,
      programme: site.name("playground", ProgrammeID.self), granted: .hours(100),
      window: site.at(0)..<site.at(end), opening: .zero,
      policy: ClosingPolicy(atEnd: .goOn, overrunCap: .hours(100)))
    return next
  }

  private func one(_ gpus: Int = 1, limit: Int64 = 1000) -> JobRequest {
    site.request(
      perNode: NodeResources(gpus: gpus, cpus: 20 * gpus, memoryMiB: 64_000 * gpus), limit: limit)
  }

  private func ended(_ state: EngineState, at second: Int64) -> [Int64] {
    site.cycle.run(state, now: site.at(second)).decisions.compactMap { decision in
      if case .act(.end(let run, .preempted)) = decision { run.task.job.number } else { nil }
    }
  }

  private func waiting(nodes: Int, gpus: Int = 4, limit: Int64 = 100) -> JobRecord {
    let share = NodeResources(gpus: gpus, cpus: 20 * gpus, memoryMiB: 64_000 * gpus)
    return site.job(
      99, site.request(allocation: site.small, nodes: nodes, perNode: share, limit: limit))
  }

  @Test("use is the operator's from the end of the allocation on, to the second")
  func charged() throws {
    let state = try goingOn([one()])
    let run = try #require(state.runs.values.first)
    #expect(Cycle.goesOn(run, in: state.centre) == site.at(40))
    let reconciliation = Reconciliation(policy: site.policy) { [centre = state.centre] in
      Cycle.goesOn($0, in: centre)
    }
    let job = try #require(state.jobs[run.id.task.job])
    let task = try #require(state.tasks[run.id.task])
    let facts = Observation.EndedFacts(
      slurmJobID: 17, submissionID: 17, start: site.at(0), end: site.at(65), outcome: .completed,
      exitCode: 0, signal: 0)
    let steps = reconciliation.steps(
      job: job, task: task, run: run, partition: state.centre.partitions[site.gpu],
      nodes: state.centre.nodes, adopter: nil, observation: .ended(facts),
      missingSince: site.at(66), now: site.at(66))
    guard case .transition(let transition)? = steps.first, case .ended(_, let end) = transition
    else {
      Issue.record("no end: \(steps)")
      return
    }
    #expect(end.used == GPUTime(milliseconds: 65_000))
    #expect(end.pastEnd == GPUTime(milliseconds: 25_000))
    let balance = try #require(state.after(transition)?.balances[site.large])
    #expect(balance.charged == GPUTime(milliseconds: 40_000))
    #expect(balance.overrun == GPUTime(milliseconds: 25_000))
    #expect(balance.held == .zero, "the rest of the hold is released")
  }

  @Test("a run that its window covers, or whose policy is another, uses nothing past the end")
  func covered() throws {
    var state = try goingOn([one()], until: 90_000)
    let run = try #require(state.runs.values.first)
    #expect(Cycle.goesOn(run, in: state.centre) == nil)
    state = try goingOn([one()])
    state.centre.allocations[site.large] = state.centre.allocations[site.large].map {
      Allocation(
        id: $0.id, project: $0.project, programme: $0.programme, granted: $0.granted,
        window: $0.window, opening: .zero, policy: ClosingPolicy(atEnd: .drain))
    }
    #expect(Cycle.goesOn(run, in: state.centre) == nil)
  }

  @Test("every run in the way of a task that could start is ended, also beyond the eight it names")
  func beyondEight() throws {
    let state = try goingOn((1...16).map { _ in one() }).with(waiting(nodes: 4))
    #expect(ended(state, at: 41) == Array(1...16))
    #expect(ended(state, at: 39).isEmpty, "not before the end")
  }

  @Test("as little work is lost as can be")
  func leastLoss() throws {
    // Two GPUs each: node 1 has jobs 1 and 2, node 2 has 3 and 4, …; the last node's are younger.
    var state = try goingOn((1...8).map { _ in one(2) })
    let young = state.runs.values.filter { $0.placement.nodes == [site.nodes[2]] }
    try #require(young.count == 2)
    for run in young { state.runs[run.id]?.started = site.at(30) }
    #expect(
      ended(state.with(waiting(nodes: 1)), at: 50)
        == young.map(\.id.task.job.number).sorted())
    #expect(
      ended(state.with(waiting(nodes: 1, gpus: 2)), at: 50)
        == [young.map(\.id.task.job.number).max() ?? 0],
      "one of them is enough for half a node, and the older id is spared")
  }

  @Test("runs that are being ended make room already: no others are ended for the same task")
  func once() throws {
    var state = try goingOn((1...8).map { _ in one(2) }).with(waiting(nodes: 1))
    let first = site.cycle.run(state, now: site.at(41)).decisions
    for decision in first { state.apply(decision) }
    #expect(ended(state, at: 42).isEmpty)
  }

  @Test("nothing is ended for a task that something else holds back")
  func inVain() throws {
    // Node 1 is taken by a run that does not go on, and the task wants all four.
    var state = try goingOn([one(4), one(4), one(4)])
    state = state.with(site.job(50, site.request(allocation: site.small, perNode: site.capacity)))
    let (busy, started) = state.cycled(now: site.at(1))
    let own = try #require(started.first)
    state = busy.started(own, at: site.at(1)).with(waiting(nodes: 4))
    #expect(ended(state, at: 41).isEmpty)
    let poor = try goingOn([one(4), one(4), one(4), one(4)])
      .with(waiting(nodes: 4, limit: 7200))
    #expect(ended(poor, at: 41).isEmpty, "it can't pay for its hold")
  }

  @Test("runs give way to the first hundred that wait for nodes, so that a round stays short")
  func bounded() throws {
    // Node 4 is taken by a run that does not go on; whoever wants all four waits in vain.
    var state = try goingOn([one(4), one(4), one(4)])
    state = state.with(site.job(50, site.request(allocation: site.small, perNode: site.capacity)))
    let (busy, started) = state.cycled(now: site.at(1))
    state = busy.started(try #require(started.first), at: site.at(1))
    state.balances[site.small] = Balance(granted: .hours(1000))
    let all = site.request(
      allocation: site.small, nodes: 4, perNode: site.capacity, limit: 100)
    for number in 1000..<1099 as Range<Int64> { state = state.with(site.job(number, all)) }
    let node = site.request(allocation: site.small, perNode: site.capacity, limit: 10)
    let hundredth = state.with(site.job(2000, node))
    #expect(ended(hundredth, at: 41).count == 1)
    let next = state.with(site.job(1099, all)).with(site.job(2000, node))
    #expect(ended(next, at: 41).isEmpty)
  }
}

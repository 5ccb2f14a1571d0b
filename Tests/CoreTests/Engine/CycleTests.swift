import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

/// What one cycle decides beyond its planner: who may be planned, what is held, what expires.
@Suite("cycle")
struct CycleTests {
  private let site = SmallSite.self

  private func reasons(_ state: EngineState, now: Int64) -> [TaskID: WaitReason] {
    var reasons: [TaskID: WaitReason] = [:]
    for case .wait(let task, let reason, _) in site.cycle.run(state, now: site.at(now)).decisions {
      reasons[task] = reason
    }
    return reasons
  }

  @Test("a start holds its weight for limit and grace, in the version of the rate card in force")
  func hold() throws {
    let request = site.request(nodes: 2, perNode: NodeResources(gpus: 1, cpus: 40, memoryMiB: 1))
    let (state, started) = site.empty.with(site.job(1, request)).cycled(now: site.at(0))
    let run = try #require(started.first)
    #expect(run.weight == Weight(thousandths: 4000), "40 CPUs weigh two GPUs on each node")
    #expect(run.hold == run.weight * Seconds(110))
    #expect(run.rateVersion == 3)
    #expect(state.balances[site.large]?.held == run.hold)
  }

  @Test("a task with a time limit of its own holds for that, and the others for their job's")
  func ownLimit() throws {
    var state = site.empty.with(site.job(1, site.request(array: [0, 1])))
    let own = TaskID(job: JobID(number: 1), index: 1)
    state.tasks[own]?.limit = Seconds(300)
    let started = state.cycled(now: site.at(0)).started
    #expect(started.map(\.reach) == [Seconds(110), Seconds(310)])
    #expect(started.map(\.hold) == started.map { $0.weight * $0.reach })
  }

  @Test("a run in whole nodes weighs whole nodes")
  func wholeNodes() {
    let job = site.job(1, site.request(partition: site.whole, nodes: 2))
    let started = site.empty.with(job).cycled(now: site.at(0)).started
    #expect(started.map(\.weight) == [Weight(thousandths: 8000)])
  }

  @Test("without a name, the allocation that ends first pays, as long as it can")
  func earliestToEnd() {
    var state = site.empty
    for number in 1...2 {
      state = state.with(site.job(Int64(number), site.request(allocation: nil, limit: 1800)))
    }
    let started = state.cycled(now: site.at(0)).started
    #expect(started.map(\.allocation) == [site.small, site.large])
  }

  @Test("nothing starts whose limit and grace cross the end of its allocation's window")
  func window() {
    let request = site.request(allocation: site.small, limit: 100)
    let state = site.empty.with(site.job(1, request))
    #expect(state.cycled(now: site.at(80_000 - 110)).started.count == 1)
    #expect(state.cycled(now: site.at(80_000 - 109)).started.isEmpty)
  }

  @Test("what is left expires at the end of the window and not before, and is decided once")
  func expiry() {
    let job = site.job(1, site.request(allocation: site.small))
    var state = site.empty.with(job)
    let early = site.cycle.run(site.empty, now: site.at(79_999)).decisions
    #expect(early.isEmpty)
    let decisions = site.cycle.run(state, now: site.at(80_000)).decisions
    #expect(decisions.first == .expire(site.small))
    for decision in decisions { state.apply(decision) }
    #expect(state.runs.isEmpty, "an expired allocation starts nothing")
    #expect(!site.cycle.run(state, now: site.at(80_001)).decisions.contains(.expire(site.small)))
  }

  @Test("as many tasks of an array run as its throttle allows, running ones counted")
  func throttle() throws {
    let request = site.request(array: [0, 1, 2, 3, 4], throttle: 2)
    let (state, started) = site.empty.with(site.job(1, request)).cycled(now: site.at(0))
    #expect(started.map(\.id.task.index) == [0, 1])
    let third = TaskID(job: JobID(number: 1), index: 2)
    #expect(reasons(state, now: 1)[third] == .throttle(running: 2, limit: 2))
    var next = state
    next.apply(.returned(try #require(started.first).id, cause: "taken back"))
    #expect(next.cycled(now: site.at(2)).started.map(\.id.task.index) == [0])
  }

  @Test("a task is not started before the instant that its member asked for")
  func notBefore() {
    let begin = site.at(500)
    let state = site.empty.with(site.job(1, site.request(notBefore: begin)))
    #expect(reasons(state, now: 499).values.first == .notBefore(begin))
    #expect(state.cycled(now: begin).started.count == 1)
  }

  @Test("what the plugin accepted is not planned until it was seen in Slurm")
  func unseen() {
    let accepted = site.empty.with(site.job(1, site.request(), .slurm))
    #expect(site.cycle.run(accepted, now: site.at(0)).decisions.isEmpty)
    let seen = site.empty.with(site.job(1, site.request(), .slurm, bound: 17))
    #expect(seen.cycled(now: site.at(0)).started.count == 1)
  }

  @Test("a node that Slurm does not name takes nothing")
  func unknownNodes() {
    var state = site.empty.with(site.job(1, site.request()))
    state.nodeStates = [:]
    #expect(state.cycled(now: site.at(0)).started.isEmpty)
    state.nodeStates = [site.nodes[2]: .up]
    #expect(
      state.cycled(now: site.at(0)).started.map(\.placement.nodes) == [[site.nodes[2]]])
  }

  @Test("a run occupies its nodes from its start, or from its commit until it has one")
  func occupation() {
    let (state, started) = site.empty.with(site.job(1, site.request())).cycled(now: site.at(0))
    let committed = site.cycle.problem(state, now: site.at(7)).occupations
    #expect(committed.map(\.until) == [site.at(110)])
    let running = state.started(started[0], at: site.at(7))
    #expect(
      site.cycle.problem(running, now: site.at(8)).occupations.map(\.until) == [site.at(117)])
  }

  @Test("equal states give equal decisions, however their dictionaries were filled")
  func determinism() {
    let jobs = (1...40).map { number in
      site.job(
        Int64(number),
        site.request(
          allocation: number % 3 == 0 ? nil : site.large, nodes: 1 + number % 3,
          limit: Int64(50 + number)))
    }
    var forwards = site.empty
    var backwards = site.empty
    backwards.tasks.reserveCapacity(5000)
    backwards.jobs.reserveCapacity(3000)
    for job in jobs { forwards = forwards.with(job) }
    for job in jobs.reversed() { backwards = backwards.with(job) }
    #expect(forwards == backwards)
    let decisions = site.cycle.run(forwards, now: site.at(3)).decisions
    #expect(decisions == site.cycle.run(backwards, now: site.at(3)).decisions)
    #expect(decisions.count == 40)
  }
}

/// When a dependency is met, by the states of the other job's tasks: Slurm's words.
@Suite("dependencies")
struct DependencyTests {
  private static let run = RunID(task: TaskID(job: JobID(number: 1), index: nil), attempt: 1)

  /// The other job's tasks, and which of after, afterany, afterok, afternotok they meet.
  private static let table: [([TaskState], Set<Dependency.Condition>)] = [
    ([], [.afterany]),
    ([.waiting], []),
    ([.starting(run)], []),
    ([.running(run)], [.after]),
    ([.ended(.completed)], [.after, .afterany, .afterok]),
    ([.ended(.failed)], [.after, .afterany, .afternotok]),
    ([.ended(.cancelled)], [.after, .afterany, .afternotok]),
    ([.ended(.completed), .running(run)], [.after]),
    ([.ended(.completed), .waiting], []),
    ([.ended(.failed), .waiting], []),
    ([.ended(.completed), .ended(.completed)], [.after, .afterany, .afterok]),
    ([.ended(.completed), .ended(.timedOut)], [.after, .afterany, .afternotok]),
  ]

  @Test("a dependency is met as the table says", arguments: Dependency.Condition.allCases)
  func met(condition: Dependency.Condition) {
    let dependency = Dependency(condition: condition, job: JobID(number: 1))
    for (states, met) in Self.table {
      // Of tasks that correspond it asks what afterok asks.
      let asked = condition == .aftercorr ? .afterok : condition
      #expect(dependency.isMet(by: states) == met.contains(asked), "\(states)")
    }
  }

  @Test("a task waits for its dependency by name, and starts when it is met")
  func waits() throws {
    let first = SmallSite.job(1, SmallSite.request())
    let dependency = Dependency(condition: .afterok, job: first.id)
    let second = SmallSite.job(2, SmallSite.request(after: [dependency]))
    let cycled = SmallSite.empty.with(first).with(second).cycled(now: SmallSite.at(0))
    #expect(cycled.started.map(\.id.task.job) == [first.id])
    let run = try #require(cycled.started.first)
    #expect(
      SmallSite.cycle.run(cycled.state, now: SmallSite.at(1)).decisions == [
        .wait(
          TaskID(job: second.id, index: nil), .dependency([dependency]), expectedStart: nil)
      ])
    var state = cycled.state.started(run, at: SmallSite.at(1))
    let end = RunEnd(
      start: SmallSite.at(1), end: SmallSite.at(9), outcome: .completed, exitCode: 0, signal: 0,
      used: run.weight * Seconds(8), refund: nil, requeued: false)
    state.apply(.ended(run.id, end))
    #expect(
      state.cycled(now: SmallSite.at(10)).started.map(\.id.task.job) == [second.id])
  }
}

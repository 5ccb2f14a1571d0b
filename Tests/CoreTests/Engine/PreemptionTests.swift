// Why: a class that may be preempted uses what nobody else wants. That is only true if it never
// stands in the way of others, and if as little of its work is lost as can be.
import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
import Testing

@Suite("preemption by class")
struct PreemptionTests {
  private let site = SmallSite.self
  private let spare = SmallSite.name("spare", QOSName.self)
  private let urgent = SmallSite.name("urgent", QOSName.self)

  private func town(notice: Int64 = 0, _ policy: PriorityPolicy? = nil) -> EngineState {
    var state = site.empty
    state.order = OrderState(policy: policy)
    state.centre.qosClasses = [
      spare: QOSClass(
        id: spare, priority: 0,
        preemption: QOSClass.Preemption(signal: .usr2, notice: Seconds(notice))),
      urgent: QOSClass(id: urgent, priority: 1_000_000),
    ]
    return state
  }

  private func job(
    _ number: Int64, _ qos: QOSName? = nil, nodes: Int = 1, gpus: Int = 4, limit: Int64 = 1000
  ) -> JobRecord {
    let share = NodeResources(gpus: gpus, cpus: 20 * gpus, memoryMiB: 64_000 * gpus)
    return site.job(
      number,
      site.request(
        nodes: nodes, perNode: share, limit: limit, requeue: true, wishes: TimeWishes(qos: qos)))
  }

  /// Jobs that run since the second after their number.
  private func running(_ jobs: [JobRecord], notice: Int64 = 0) throws -> EngineState {
    var state = town(notice: notice)
    for job in jobs {
      let (next, started) = state.with(job).cycled(now: site.at(0))
      let run = try #require(started.first)
      state = next.started(run, at: site.at(job.id.number))
    }
    return state
  }

  private func acts(_ state: EngineState, at second: Int64) -> [String] {
    site.cycle.run(state, now: site.at(second)).decisions.compactMap { decision in
      switch decision {
      case .act(.end(let run, .preempted)): "end \(run.task.job)"
      case .act(.evict(let run, let signal, let end)):
        "\(signal.rawValue) \(run.task.job), end at \(end.seconds(since: site.at(0)).count)"
      default: nil
      }
    }
  }

  @Test("a run of such a class ends for a task of none, the one that loses least")
  func ended() throws {
    let state = try running((1...4).map { job($0, spare) })
    #expect(acts(state, at: 50).isEmpty)
    #expect(acts(state.with(job(9)), at: 50) == ["end P4"])
    #expect(acts(state.with(job(9, nodes: 2)), at: 50) == ["end P3", "end P4"])
    #expect(acts(state.with(job(9, gpus: 1)), at: 50) == ["end P4"])
  }

  @Test("it does not end for a task of such a class, whatever its priority")
  func amongThemselves() throws {
    let state = try running((1...4).map { job($0, spare) })
    #expect(acts(state.with(job(9, spare)), at: 50).isEmpty)
  }

  @Test("nothing ends for a task that would not start even so, nor for one that starts anyway")
  func inVain() throws {
    var state = try running([job(1), job(2, spare), job(3, spare)])
    #expect(acts(state.with(job(9, nodes: 4)), at: 50).isEmpty, "one run does not give way")
    #expect(acts(state.with(job(9)), at: 50).isEmpty, "a node is free")
    state.balances[site.large] = Balance()
    #expect(acts(state.with(job(9, nodes: 2)), at: 50).isEmpty, "it can't pay")
  }

  @Test("it is warned once, ends when the notice is over, and makes room for one task only")
  func notice() throws {
    var state = try running((1...4).map { job($0, spare) }, notice: 60).with(job(9))
    let first = site.cycle.run(state, now: site.at(50))
    #expect(acts(state, at: 50) == ["USR2 P4, end at 110"])
    for decision in first.decisions { state.apply(decision) }
    #expect(acts(state, at: 80).isEmpty)
    #expect(site.cycle.run(state, now: site.at(80)).next == site.at(110))
    #expect(acts(state, at: 110) == ["end P4"])
    #expect(acts(state.with(job(10)), at: 80) == ["USR2 P3, end at 140"])
  }

  @Test("in the queue it stands behind all that may not be preempted, under every order")
  func behind() {
    for policy in [nil, PriorityPolicy.firstCome, .shared] {
      let state = town(policy).with(job(1, spare, nodes: 4)).with(job(2, nodes: 4))
      let started = state.cycled(now: site.at(0)).started
      #expect(started.map(\.id.task.job.number) == [2])
    }
  }

  @Test("a class adds to the priority what it is worth")
  func priority() {
    var weights = PriorityPolicy.Weights()
    weights.qos = 7
    let state = town(PriorityPolicy(weights: weights)).with(job(1, nodes: 4))
      .with(job(2, urgent, nodes: 4))
    #expect(state.cycled(now: site.at(0)).started.map(\.id.task.job.number) == [2])
    let explanation = Cycle.explanation(of: JobID(number: 2), state, now: site.at(0))
    #expect(explanation?.priority == 7_000_000)
  }

  @Test("a quote of a job for which others make way says that it would start now")
  func quoted() throws {
    let state = try running((1...4).map { job($0, spare) }).with(job(8, spare))
    func forecast(_ qos: QOSName?) -> PlannedTask.Outcome? {
      site.cycle.forecasts(of: [job(9, qos).request], state, now: site.at(50)).first
    }
    guard case .start? = forecast(nil), case .wait(.resources, _)? = forecast(spare) else {
      Issue.record("\(String(describing: forecast(nil))), \(String(describing: forecast(spare)))")
      return
    }
  }

  @Test("however many wait ahead for something else, runs make way for who waits for nodes")
  func others() throws {
    var state = try running((1...4).map { job($0, spare) })
    let poor = site.request(allocation: site.small, perNode: site.capacity, limit: 7200)
    for number in 100...250 as ClosedRange<Int64> { state = state.with(site.job(number, poor)) }
    #expect(acts(state, at: 50).isEmpty)
    #expect(acts(state.with(job(300)), at: 50) == ["end P4"])
  }

  @Test("what may be preempted is promised nothing, so that it binds nobody")
  func noPromise() throws {
    let state = try running((1...4).map { job($0) }).with(job(5, spare, nodes: 4)).with(job(6))
    let promises = site.cycle.run(state, now: site.at(50)).promises
    #expect(promises.map(\.task.job.number) == [6])
  }

  @Test("nothing that may be preempted starts where room is made for another")
  func noBackfill() throws {
    var state = try running([job(1, spare, nodes: 3)], notice: 60).with(job(9, nodes: 4))
      .with(job(10, spare, limit: 500))
    #expect(acts(state, at: 50) == ["USR2 P1, end at 110"])
    let decisions = site.cycle.run(state, now: site.at(50)).decisions
    for second in [50, 51, 111] as [Int64] {
      let (next, started) = state.cycled(now: site.at(second))
      #expect(started.isEmpty, "at \(second)")
      state = next
    }
    let expected = decisions.compactMap { decision in
      if case .wait(let task, _, let start) = decision, task.job.number == 9 { start } else { nil }
    }
    #expect(expected == [site.at(110) + site.policy.grace], "not when its limit would end")
  }

  @Test("once its class is gone it is as any other")
  func gone() throws {
    var state = try running((1...4).map { job($0, spare) }).with(job(9))
    state.centre.qosClasses = [:]
    #expect(acts(state, at: 50).isEmpty)
  }

  @Test(
    "whatever runs and waits: what ends lets a task of none start, and no less would do",
    arguments: 1...200)
  func random(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var state = town()
    for number in 1...Int64(random.pick(2...8)) {
      state = state.with(
        job(
          number, random.oneIn(2) ? spare : nil, nodes: random.pick(1...2),
          gpus: random.pick(1...4)))
    }
    let (next, started) = state.cycled(now: site.at(0))
    state = next
    for run in started { state = state.started(run, at: site.at(Int64(random.pick(0...40)))) }
    for number in 20...Int64(random.pick(21...24)) {
      state = state.with(
        job(
          number, random.oneIn(3) ? spare : nil, nodes: random.pick(1...4),
          gpus: random.pick(1...4)))
    }
    let decisions = site.cycle.run(state, now: site.at(50)).decisions
    let victims = decisions.compactMap { decision in
      if case .act(.end(let run, .preempted)) = decision { run } else { nil }
    }
    let byClass = { (task: TaskID) in state.jobs[task.job]?.request.wishes.qos == self.spare }
    #expect(victims.allSatisfy { byClass($0.task) })
    func starts(without gone: [RunID]) -> Set<TaskID> {
      var other = state
      for run in gone { other.runs[run] = nil }
      let plan = site.cycle.planning.planner.plan(site.cycle.problem(other, now: site.at(50)))
      return Set(
        plan.decisions.compactMap { planned in
          if case .start = planned.outcome, !byClass(planned.task) { planned.task } else { nil }
        })
    }
    let all = state.runs.keys.filter { byClass($0.task) }
    let possible = starts(without: Array(all))
    #expect(starts(without: victims).isSuperset(of: possible), "seed \(seed)")
    for victim in victims {
      let fewer = starts(without: victims.filter { $0 != victim })
      #expect(!fewer.isSuperset(of: possible), "\(victim) ended in vain, seed \(seed)")
    }
  }
}

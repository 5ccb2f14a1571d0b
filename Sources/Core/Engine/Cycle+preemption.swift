import Domain
import Ledger
import Lifecycle
import Scheduling

/// Which runs are ended for tasks that wait: those that go on past the end of their allocation, for
/// any task; those of a class that may be preempted, for tasks of none such.
extension Cycle {
  /// Ends as little work as lets every task start that could start if none of them ran.
  ///
  /// The plan is made again without them: what starts then, and would not start once the runs that
  /// are being ended already are gone, is what they stand in the way of. From those to be ended, as
  /// many are then taken out again as the same tasks start without (``Victims``). So a run is never
  /// ended for a task that something else holds back, and not twice for one task.
  ///
  /// Complexity: some plans for a few runs that end, at most ``mostTrials`` for many; none while
  /// nothing goes on, nothing may be preempted or nothing waits for resources. The plans are of what
  /// starts, what is promised and the first ``mostPreempting`` tasks that wait for nodes.
  func preempted(
    _ carried: [RunRecord], _ problem: PlanningProblem, _ plan: Plan, _ state: EngineState,
    now: Instant
  ) -> [Decision] {
    let waiting = plan.decisions.compactMap { planned -> TaskID? in
      switch planned.outcome {
      case .wait(.resources, _), .wait(.priority, _), .wait(.switches, _): planned.task
      case .wait, .start: nil
      }
    }
    guard !waiting.isEmpty else { return [] }
    let makingRoom = Set(state.runs.values.filter(\.closing.isMakingRoom).map(\.id))
    let ended = inTheWay(
      carried.filter { !makingRoom.contains($0.id) }, problem, plan,
      of: Array(waiting.prefix(Self.mostPreempting)), beside: makingRoom, now: now)
    let acts = ended.map { Decision.act(.end($0, .preempted)) }
    let yielding = yielding(state, but: makingRoom.union(ended))
    let preempting = waiting.filter { !isPreemptable($0, state) }.prefix(Self.mostPreempting)
    guard !yielding.isEmpty, !preempting.isEmpty else { return acts }
    let victims = inTheWay(
      yielding.map(\.run), problem, plan, of: Array(preempting), beside: makingRoom.union(ended),
      now: now
    ) { !isPreemptable($0, state) }
    return acts
      + victims.compactMap { victim in
        yielding.first { $0.run.id == victim }.map { .act($0.act(now: now)) }
      }
  }

  /// When the runs that acts end are gone, at the latest.
  func ends(of acts: [Decision], now: Instant) -> [RunID: Instant] {
    var ends: [RunID: Instant] = [:]
    for case .act(let act) in acts {
      switch act {
      case .evict(let run, _, let end): ends[run] = end + lifecycle.grace
      case .end(let run, _): ends[run] = now + lifecycle.grace
      case .signal, .limit: break
      }
    }
    return ends
  }

  /// When the runs that are on their way out are gone, at the latest.
  func ends(of state: EngineState, now: Instant) -> [RunID: Instant] {
    state.runs.filter { $0.value.closing.isMakingRoom }.mapValues { run in
      let end = run.closing.cause == nil ? run.closing.evictedAt : nil
      return max(end ?? now, now) + lifecycle.grace
    }
  }

  /// For so many tasks that wait for nodes, the first of the queue, runs make way.
  static let mostPreempting = 100
  /// So many plans are made to spare runs.
  private static let mostTrials = 100

  func isPreemptable(_ task: TaskID, _ state: EngineState) -> Bool {
    state.jobs[task.job].map { state.centre.preemption(of: $0.request) != nil } ?? true
  }

  /// A run of a class that may be preempted, and how it gives way.
  private struct Yielding {
    let run: RunRecord
    let preemption: QOSClass.Preemption

    func act(now: Instant) -> RunAct {
      preemption.notice > .zero
        ? .evict(run.id, preemption.signal, at: now + preemption.notice) : .end(run.id, .preempted)
    }
  }

  /// Only what Slurm runs: what is being started is not there to be ended yet.
  private func yielding(_ state: EngineState, but others: Set<RunID>) -> [Yielding] {
    let classes = state.centre.qosClasses.values
    guard classes.contains(where: { $0.preemption != nil }) else { return [] }
    return state.runs.values.filter { $0.started != nil && !others.contains($0.id) }
      .sorted { $0.id < $1.id }.compactMap { run in
        state.jobs[run.id.task.job].flatMap { state.centre.preemption(of: $0.request) }
          .map { Yielding(run: run, preemption: $0) }
      }
  }

  /// Of the candidates, those that have to end for some of the waiting tasks.
  ///
  /// - Parameters:
  ///   - makingRoom: runs that are on their way out.
  ///   - counts: of what starts and what is promised, what must not suffer from it.
  private func inTheWay(
    _ candidates: [RunRecord], _ problem: PlanningProblem, _ plan: Plan, of waiting: [TaskID],
    beside makingRoom: Set<RunID>, now: Instant, where counts: (TaskID) -> Bool = { _ in true }
  ) -> [RunID] {
    guard !candidates.isEmpty else { return [] }
    let starting = plan.decisions.compactMap { planned -> TaskID? in
      if case .start = planned.outcome { planned.task } else { nil }
    }
    let others = (starting + problem.promises.map(\.task)).filter(counts)
    var victims = Victims(
      candidates, of: problem.only(Set(others + waiting)), by: planning.planner,
      beside: makingRoom, most: Self.mostTrials, now: now)
    return victims.found()
  }
}

import Domain
import Ledger
import Lifecycle
import Scheduling

/// Which runs that go on past the end of their allocation are ended for tasks that wait.
extension Cycle {
  /// Ends as little work as lets every task start that could start if none of them ran.
  ///
  /// The plan is made again without them: what starts then, and would not start once the runs that
  /// are being ended already are gone, is what they stand in the way of. From those to be ended,
  /// the runs that would lose most are then taken out again as long as the same tasks start. So a
  /// run is never ended for a task that something else holds back, and not twice for one task.
  ///
  /// Complexity: a plan for each run that is ended and each halving of the others; none while
  /// nothing goes on or nothing waits for resources.
  func preempted(
    _ carried: [RunRecord], _ problem: PlanningProblem, _ plan: Plan, _ state: EngineState,
    now: Instant
  ) -> [Decision] {
    let waits = plan.decisions.contains {
      if case .wait(.resources, _) = $0.outcome { true } else { false }
    }
    guard !carried.isEmpty, waits else { return [] }
    let ending = Set(state.runs.values.filter { $0.closing.cause != nil }.map(\.id))
    let standing = starts(problem, without: ending)
    let all = Set(carried.map(\.id))
    let possible = starts(problem, without: ending.union(all))
    guard !possible.subtracting(standing).isEmpty else { return [] }
    let byLoss = carried.sorted { left, right in
      let (most, other) = (left.work(at: now), right.work(at: now))
      return most == other ? left.id < right.id : most > other
    }
    var victims = all
    spare(byLoss.map(\.id)[...], of: &victims) {
      starts(problem, without: ending.union($0)).isSuperset(of: possible)
    }
    return carried.filter { victims.contains($0.id) }.map { .act(.end($0.id, .preempted)) }
  }

  /// Takes runs out of the victims as far as it still suffices, the first of them first.
  private func spare(
    _ runs: ArraySlice<RunID>, of victims: inout Set<RunID>, while suffices: (Set<RunID>) -> Bool
  ) {
    guard !runs.isEmpty else { return }
    let fewer = victims.subtracting(runs)
    if suffices(fewer) {
      victims = fewer
    } else if runs.count > 1 {
      let middle = runs.startIndex + runs.count / 2
      spare(runs[..<middle], of: &victims, while: suffices)
      spare(runs[middle...], of: &victims, while: suffices)
    }
  }

  /// The tasks that would start now if some runs were gone.
  private func starts(_ problem: PlanningProblem, without runs: Set<RunID>) -> Set<TaskID> {
    let decisions = planning.planner.plan(problem.without(runs)).decisions
    return Set(
      decisions.compactMap {
        if case .start = $0.outcome { $0.task } else { nil }
      })
  }
}

extension RunRecord {
  /// What would be lost if it ended.
  fileprivate func work(at now: Instant) -> GPUTime {
    started.map { weight * max(now.seconds(since: $0), .zero) } ?? .zero
  }
}

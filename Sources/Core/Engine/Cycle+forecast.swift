package import Domain
import Lifecycle
package import Scheduling

/// What would become of requests that were submitted now.
extension Cycle {
  /// Each behind all that waits and apart from the others, in the order of the requests. For one that
  /// may not be preempted, what may be is not there: it comes first, and makes it make way.
  ///
  /// - Complexity: a plan, or two where classes may be preempted.
  package func forecasts(
    of requests: [JobRequest], _ state: EngineState, promises: [PlannedReservation] = [],
    barred: [TaskID: StartPause] = [:], now: Instant
  ) -> [PlannedTask.Outcome] {
    guard !requests.isEmpty else { return [] }
    let problem = problem(state, promises: promises, barred: barred, now: now)
    let singletons = Singletons(state, beside: requests)
    let candidates = requests.map { request in
      Candidate(
        task: TaskID(job: JobID(number: .max), index: nil), request: state.opened(request),
        options: Cycle.options(for: request, state.centre, state.caps, now: now),
        grace: lifecycle.grace,
        eligibility: singletons.wait(of: request).map { .waits($0) }
          ?? Cycle.eligibility(of: request, started: 0, state: state, now: now))
    }
    var outcomes: [Int: PlannedTask.Outcome] = [:]
    let yields = candidates.map { state.centre.preemption(of: $0.request) != nil }
    for isYielding in [true, false] {
      let chosen = candidates.indices.filter { yields[$0] == isYielding }
      guard !chosen.isEmpty else { continue }
      let plan = planning.planner.plan(
        isYielding ? problem : withoutYielding(problem, state),
        probes: chosen.map { candidates[$0] })
      for (index, answer) in zip(chosen, plan.answers) { outcomes[index] = answer }
    }
    return candidates.indices.compactMap { outcomes[$0] }
  }

  /// As if nothing that may be preempted ran or waited.
  private func withoutYielding(
    _ problem: PlanningProblem, _ state: EngineState
  ) -> PlanningProblem {
    guard state.centre.qosClasses.values.contains(where: { $0.preemption != nil }) else {
      return problem
    }
    func yields(_ task: TaskID) -> Bool {
      state.jobs[task.job].map { state.centre.preemption(of: $0.request) != nil } ?? false
    }
    var other = problem.without(Set(state.runs.keys.filter { yields($0.task) }))
    other.queue.removeAll { yields($0.task) }
    return other
  }
}

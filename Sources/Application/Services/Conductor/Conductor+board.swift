package import Domain
import Engine
import Lifecycle
import Scheduling

extension Conductor: Board {
  package func current() -> BoardState { board }

  package nonisolated func wake() { wakes.wake() }

  package func forecast(_ request: JobRequest) -> BoardState.Wait? {
    guard let (state, now) = lastState else { return nil }
    let task = TaskID(job: JobID(number: .max), index: nil)
    var problem = cycle.problem(state, promises: promises, now: now)
    let candidate = Candidate(
      task: task, request: request,
      options: Cycle.options(for: request, state.centre, state.caps, now: now),
      grace: cycle.lifecycle.grace,
      eligibility: Cycle.eligibility(of: request, started: 0, state: state, now: now))
    problem = PlanningProblem(
      now: problem.now, nodes: problem.nodes, partitions: problem.partitions,
      occupations: problem.occupations, queue: problem.queue + [candidate],
      budgets: problem.budgets, caps: problem.caps, promises: problem.promises)
    guard let planned = cycle.planning.planner.plan(problem).decisions.last else { return nil }
    switch planned.outcome {
    case .start: return BoardState.Wait(reason: nil, expectedStart: now)
    case .wait(let reason, let expected):
      return BoardState.Wait(reason: reason, expectedStart: expected)
    }
  }
}

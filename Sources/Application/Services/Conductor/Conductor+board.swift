package import Domain
import Engine
import Lifecycle
import Logging
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
      budgets: problem.budgets, caps: problem.caps, promises: problem.promises,
      exactTasks: problem.exactTasks)
    guard let planned = cycle.planning.planner.plan(problem).decisions.last else { return nil }
    switch planned.outcome {
    case .start: return BoardState.Wait(reason: nil, expectedStart: now)
    case .wait(let reason, let expected):
      return BoardState.Wait(reason: reason, expectedStart: expected)
    }
  }
}

extension Conductor {
  /// After a restore the round that settled all that Slurm lists and recorded starts nothing, and
  /// performs no start of before: what became of it is known only now. True if this was that round.
  func finishRestore(_ snapshot: Snapshot) async throws(StoreError) -> Bool {
    guard let restored = snapshot.restored else { return false }
    try await store.finishRestore()
    logger.notice(
      "the store was restored; Slurm was looked at in full, and starts go on",
      metadata: ["restored": "\(restored)"])
    return true
  }
}

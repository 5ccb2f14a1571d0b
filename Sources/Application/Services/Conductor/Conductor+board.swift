package import Domain
package import Engine
import Lifecycle
import Logging
import Scheduling

extension Conductor: Board {
  package func current() -> BoardState { board }

  package nonisolated func wake() { wakes.wake() }

  package func forecast(_ request: JobRequest) -> BoardState.Wait? {
    guard let (state, now) = lastState else { return nil }
    let candidate = Candidate(
      task: TaskID(job: JobID(number: .max), index: nil), request: request,
      options: Cycle.options(for: request, state.centre, state.caps, now: now),
      grace: cycle.lifecycle.grace,
      eligibility: Cycle.eligibility(of: request, started: 0, state: state, now: now))
    let problem = cycle.problem(state, promises: promises, barred: coolDowns, now: now)
    let answers = cycle.planning.planner.plan(problem, probes: [candidate]).answers
    guard let answer = answers.first else { return nil }
    switch answer {
    case .start: return BoardState.Wait(reason: nil, expectedStart: now)
    case .wait(let reason, let expected):
      return BoardState.Wait(reason: reason, expectedStart: expected)
    }
  }

  package func explanation(of task: TaskID) -> (Explanation, Instant)? {
    guard let (state, now) = lastState else { return nil }
    return cycle.explanation(of: task, state, promises: promises, barred: coolDowns, now: now)
      .map { ($0, now) }
  }
}

extension Conductor {
  package func supposing(_ suppositions: [Supposition]) -> (Supposed, Instant)? {
    guard let (state, now) = lastState else { return nil }
    let supposed = cycle.supposing(
      suppositions, state, promises: promises, barred: coolDowns, now: now)
    return (supposed, now)
  }

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

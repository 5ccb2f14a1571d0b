import Domain
import Engine
import Lifecycle
import Logging

/// What the cycle decides, committed before anything of it is performed.
extension Conductor {
  /// Plans and commits. Gives the directives that the commits wrote.
  func decide(
    _ state: inout EngineState, now: Instant
  ) async throws(StoreError) -> [Directive] {
    coolDowns = coolDowns.filter { $0.value > now }
    var written: [Directive] = []
    var plan: [TaskID: BoardState.Wait] = [:]
    let asked = ContinuousClock.now
    let result = cycle.run(state, promises: promises, barred: coolDowns, now: now)
    promises = result.promises
    standing = result.standing
    nextDue = result.next.map { asked + .milliseconds($0.milliseconds - now.milliseconds) }
    // Starts that follow each other are committed together.
    var starts: [RunRecord] = []
    for decision in result.decisions {
      switch decision {
      case .wait(let task, let reason, let expectedStart):
        plan[task] = BoardState.Wait(reason: reason, expectedStart: expectedStart)
      case .start(let run):
        if clocksAgree { starts.append(run) }
      // Nobody is ended for a task that will not be started.
      case .act(let act) where act.isForAnother && !clocksAgree: break
      case .expire, .instalment, .act, .refuse:
        written += try await commit(&starts, &state)
        written += try await perform(decision, &state)
      }
    }
    written += try await commit(&starts, &state)
    board.plan = plan
    board.lastCycle = now
    return written
  }

  /// Commits and performs what the plan of the last round starts where runs have ended since:
  /// before all is planned anew, which takes its time where many wait.
  ///
  /// - Parameter earlier: directives that were committed before; they are performed first.
  /// - Returns: those that are still to be performed.
  func startAtOnce(
    _ earlier: [Directive], _ state: inout EngineState, now: Instant
  ) async throws(StoreError) -> [Directive] {
    guard clocksAgree else { return earlier }
    var starts = cycle.startsAtOnce(state, &standing, barred: coolDowns, now: now)
    let written = try await commit(&starts, &state)
    guard !written.isEmpty else { return earlier }
    try await dispatch(earlier + written, &state)
    // Whom Slurm refused is not tried again in the same round.
    for case .start(let run) in written where state.runs[run] == nil {
      coolDowns[run.task] = now + options.coolDown
    }
    return []
  }

  private func commit(
    _ starts: inout [RunRecord], _ state: inout EngineState
  ) async throws(StoreError) -> [Directive] {
    guard !starts.isEmpty else { return [] }
    let runs = starts
    starts = []
    let outcomes = try await store.commit(runs)
    for (run, outcome) in zip(runs, outcomes) {
      if case .failed(let why) = outcome { note(failed: "start of \(run.id)", why) }
    }
    let committed = zip(runs, outcomes).filter { $0.1 == .done }.map(\.0)
    for run in committed { state.apply(.start(run)) }
    return committed.map { .start($0.id) }
  }

  /// A decision that is neither a wait nor a start.
  private func perform(
    _ decision: Decision, _ state: inout EngineState
  ) async throws(StoreError) -> [Directive] {
    switch decision {
    case .wait, .start: return []
    case .expire(let allocation):
      try await store.expire(allocation)
      return []
    case .instalment(let allocation, _):
      try await store.releaseInstalment(of: allocation)
      state.apply(decision)
      return []
    case .act(let act):
      guard try await store.commit(act) == .done else { return [] }
      state.apply(decision)
      logger.notice("\(act)")
      return [Directive(act)]
    case .refuse(let task, let cause):
      guard try await store.refuse(task, cause: cause) == .done else { return [] }
      state.apply(decision)
      logger.notice("refused", metadata: ["task": "\(task)", "cause": "\(cause)"])
      return []
    }
  }
}

import Domain
import Engine
import Lifecycle
import Logging
import Scheduling

/// What the cycle decides, committed before anything of it is performed.
extension Conductor {
  /// Plans and commits. Gives the directives that the commits wrote.
  func decide(
    _ state: inout EngineState, now: Instant
  ) async throws(StoreError) -> [Directive] {
    coolDowns = coolDowns.filter { task, _ in
      switch state.tasks[task]?.state {
      case .waiting, .starting: true
      case .running, .ended, nil: false
      }
    }
    var written: [Directive] = []
    var plan: [TaskID: BoardState.Wait] = [:]
    let asked = ContinuousClock.now
    try await recallPromises()
    let result = cycle.run(state, promises: promises.slots, barred: coolDowns, now: now)
    standing = result.standing
    nextDue = result.next.map { asked + .milliseconds($0.milliseconds - now.milliseconds) }
    // Starts that follow each other are committed together.
    var starts: [RunRecord] = []
    for decision in result.decisions {
      switch decision {
      case .wait(let task, let reason, let expectedStart):
        plan[task] = BoardState.Wait(reason: reason, expectedStart: expectedStart)
      // One of two clocks is wrong, and it may be ours: what can't be undone waits.
      case _ where !board.clocksAgree: break
      case .start(let run): starts.append(run)
      case .expire, .instalment, .act, .refuse:
        written += try await commit(&starts, &state)
        written += try await perform(decision, &state)
      }
    }
    written += try await commit(&starts, &state)
    board.plan = plan
    board.lastCycle = now
    await keepPromises(result, state, now: now)
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
    guard board.clocksAgree else { return earlier }
    var starts = cycle.startsAtOnce(state, &standing, barred: coolDowns, now: now)
    let written = try await commit(&starts, &state)
    guard !written.isEmpty else { return earlier }
    // Whom Slurm does not take now is not tried again in the same round: that is a pause.
    try await dispatch(earlier + written, &state, now: now)
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

  /// A task was given to Slurm in vain: it is not tried again for a while.
  func pause(_ task: TaskID, _ cause: String, now: Instant) {
    coolDowns[task] = StartPause.after(
      coolDowns[task], first: options.coolDown, cause: cause, now: now)
  }
}

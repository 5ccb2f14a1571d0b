package import Domain
import Engine
import Ledger
package import Lifecycle
package import Services

/// What is done to runs under way, and tasks that are told to wait no more.
extension MemoryStore {
  package func cancel(
    _ tasks: [TaskID], because cause: EndCause?, audit line: AuditLine?
  ) throws(StoreError) -> [TaskID] {
    try reach()
    var ended: [TaskID] = []
    for id in tasks {
      guard let task = state.tasks[id], let job = state.jobs[id.job], !task.isEnded else {
        ended.append(id)
        continue
      }
      let slurmJobID = task.slurmJobID(in: job)
      if task.state == .waiting {
        state.tasks[id]?.state = .ended(.cancelled)
        causes[id] = "cancelled"
        if slurmJobID == nil { continue }
      }
      if let cause, let run = task.state.run { state.apply(.act(.end(run, cause))) }
      if !directives.contains(.cancel(id, slurmJobID: slurmJobID)) {
        directives.append(.cancel(id, slurmJobID: slurmJobID))
      }
    }
    if let line, ended.count < tasks.count { append(line) }
    return ended
  }

  package func commit(_ act: RunAct) throws(StoreError) -> GuardedOutcome {
    try reach()
    guard state.tasks[act.run.task]?.state == .running(act.run), state.apply(.act(act)) else {
      return .stale
    }
    switch act {
    case .signal(let run, let signal): directives.append(.signal(run, signal))
    case .end(let run, _): directives.append(.end(run))
    case .limit(let run, let limit, _): direct(limit, run)
    }
    return .done
  }

  private func direct(_ limit: Seconds, _ run: RunID) {
    directives.removeAll { if case .limit(run, _) = $0 { true } else { false } }
    directives.append(.limit(run, limit))
  }

  package func refuse(
    _ task: TaskID, cause: String
  ) throws(StoreError) -> GuardedOutcome {
    try reach()
    guard state.apply(.refuse(task, cause: cause)) else { return .stale }
    causes[task] = cause
    let slurmJobID = state.jobs[task.job].flatMap { state.tasks[task]?.slurmJobID(in: $0) }
    if slurmJobID != nil { directives.append(.cancel(task, slurmJobID: slurmJobID)) }
    return .done
  }

  package func change(
    waitingLimitOf job: JobID, to limit: Seconds
  ) throws(StoreError) -> GuardedOutcome {
    try reach()
    guard let record = state.jobs[job],
      state.tasks.values.contains(where: { $0.id.job == job && $0.state == .waiting })
    else { return .stale }
    state.jobs[job] = record.limited(to: limit)
    return .done
  }

  package func change(
    limitOf task: TaskID, to change: LimitChange
  ) throws(StoreError) -> LimitOutcome {
    try reach()
    guard case .running(let id)? = state.tasks[task]?.state, let run = state.runs[id] else {
      return .refused(.notRunning)
    }
    _ = standingCaps()
    let closes = state.centre.allocations[run.allocation]?.closes
    switch change.verdict(on: run, closes: closes, now: clock) {
    case .refused(let refusal): return .refused(refusal)
    case .unchanged: return .unchanged(run)
    case .granted(let reach, let more):
      if more > .zero {
        let number = books.entries.filter { $0.kind == .hold && $0.run == id }.count
        switch post(.extend(id, by: more, extension: number, effective: clock)) {
        case .refused(.insufficient(let allocation, let needs, let available, let held)):
          return .refused(
            .budget(allocation, needs: needs, available: available, held: held))
        case .refused(.capReached(let cap, let needs, let limit, _)):
          return .refused(.cap(cap, needs: needs, limit: limit))
        case .refused(let refusal): throw .broken("the books refuse an extension: \(refusal)")
        case .posted, .alreadyPosted: break
        }
      }
      let next = run.reaching(reach, holding: more)
      state.runs[id] = next
      histories[id]?.run = next
      direct(change.limit, id)
      return .done(next, more: more)
    }
  }
}

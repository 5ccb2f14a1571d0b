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
    case .evict(let run, let signal, _): directives.append(.signal(run, signal))
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
    limitOf id: TaskID, to change: LimitChange
  ) throws(StoreError) -> LimitOutcome {
    try reach()
    _ = standingCaps()
    let before = (books, state, histories, directives)
    let outcome = try changeEach(of: id, to: change)
    if case .done = outcome { return outcome }
    restore(before.0)
    (state, histories, directives) = (before.1, before.2, before.3)
    return outcome
  }

  private func changeEach(
    of id: TaskID, to change: LimitChange
  ) throws(StoreError) -> LimitOutcome {
    let tasks = state.tasks(of: id.job).filter { id.index == nil || $0.id == id }
    if let starting = tasks.first(where: { if case .starting = $0.state { true } else { false } }) {
      return .refused(starting.id, .notRunning)
    }
    let runs = tasks.compactMap { $0.state.run.flatMap { state.runs[$0] } }
    let waiting = tasks.filter { $0.state == .waiting }
    guard !runs.isEmpty || !waiting.isEmpty else { return .refused(id, .notRunning) }
    var (changed, total): ([RunRecord], GPUTime) = ([], .zero)
    for run in runs {
      switch try extend(run, to: change) {
      case .refused(let refusal): return .refused(run.id.task, refusal)
      case .unchanged: break
      case .granted(let reach, let more):
        changed.append(run.reaching(reach, holding: more))
        total = total + more
      }
    }
    for run in changed {
      guard let rule = state.heldLimitExceeded(above: run), let most = rule.most[.held] else {
        continue
      }
      let more = (run.hold ?? .zero) - (runs.first { $0.id == run.id }?.hold ?? .zero)
      guard more > .zero else { continue }
      return .refused(
        run.id.task, .limit(rule.id, needs: more, most: GPUTime(milliseconds: most)))
    }
    let isNew = save(change.ofRunsToCome, of: waiting, id)
    return changed.isEmpty && !isNew ? .unchanged : .done(changed, more: total)
  }

  private func save(_ limit: Seconds, of waiting: [TaskRecord], _ id: TaskID) -> Bool {
    guard let job = state.jobs[id.job],
      waiting.contains(where: { job.request(of: $0).timeLimit != limit })
    else { return false }
    state.jobs[id.job] = job.limited(to: id.index == nil ? limit : nil)
    if id.index == nil {
      for task in state.tasks(of: id.job) { state.tasks[task.id]?.limit = nil }
    } else {
      state.tasks[id]?.limit = limit
    }
    return true
  }

  private func extend(
    _ run: RunRecord, to change: LimitChange
  ) throws(StoreError) -> LimitVerdict {
    let closes = state.centre.allocations[run.allocation]?.closes
    let verdict = change.verdict(on: run, closes: closes, now: clock)
    guard case .granted(let reach, let more) = verdict else { return verdict }
    if more > .zero {
      let number = books.entries.filter { $0.kind == .hold && $0.run == run.id }.count
      switch post(.extend(run.id, by: more, extension: number, effective: clock)) {
      case .refused(.insufficient(let allocation, let needs, let available, let held)):
        return .refused(.budget(allocation, needs: needs, available: available, held: held))
      case .refused(.capReached(let cap, let needs, let limit, let use)):
        return .refused(
          .cap(
            cap, needs: needs, limit: limit, used: use.used, held: use.held,
            own: run.hold ?? .zero))
      case .refused(let refusal): throw .broken("the books refuse an extension: \(refusal)")
      case .posted, .alreadyPosted: break
      }
    }
    let next = run.reaching(reach, holding: more)
    state.runs[run.id] = next
    histories[run.id]?.run = next
    direct(change.limit, run.id)
    return verdict
  }
}

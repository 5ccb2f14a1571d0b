package import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  package func commit(_ act: RunAct) async throws(StoreError) -> GuardedOutcome {
    try await write(announced: true) { tx throws(PostgresError) -> GuardedOutcome in
      guard try tx.lockTasks([act.run.task]).first?.record.state == .running(act.run),
        let closing = try tx.openRun(act.run)?.closing.after(act)
      else {
        tx.abandon()
        return .stale
      }
      try tx.save(closing, of: act.run)
      switch act {
      case .signal(let run, let signal): try tx.direct("signal", run, signal: signal)
      case .evict(let run, let signal, _): try tx.direct("signal", run, signal: signal)
      case .end(let run, _): try tx.direct("end", run)
      case .limit(let run, let limit, _): try tx.direct("limit", run, limit: limit)
      }
      return .done
    }
  }

  package func refuse(
    _ id: TaskID, cause: String
  ) async throws(StoreError) -> GuardedOutcome {
    try await write(announced: true) { tx throws(PostgresError) -> GuardedOutcome in
      let jobs = try tx.lockJobs([id.job])
      guard var task = try tx.lockTasks([id]).first?.record, task.state == .waiting,
        let job = jobs[id.job]
      else {
        tx.abandon()
        return .stale
      }
      task.state = .ended(.refused)
      try tx.save(task, cause: cause)
      if job.slurmJobID(of: task) != nil {
        try tx.later(.addDirectives, rows: [[.text("cancel")] + id.key + [.null, .null, .null]])
      }
      return .done
    }
  }

  package func change(
    limitOf task: TaskID, to change: LimitChange
  ) async throws(StoreError) -> LimitOutcome {
    try await write(announced: true) { tx throws(PostgresError) -> LimitOutcome in
      let books = try tx.openBooks()
      let outcome = try tx.change(
        limitOf: task, to: change, books, try self.centre(tx, version: books.centreVersion))
      if case .done = outcome { return outcome }
      tx.abandon()
      return outcome
    }
  }
}

extension Transaction {
  fileprivate borrowing func change(
    limitOf id: TaskID, to change: LimitChange, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> LimitOutcome {
    _ = try lockJobs([id.job])
    let ids = id.index == nil ? try tasks(of: [id.job]).map(\.record.id) : [id]
    let tasks = try lockTasks(ids).map(\.record)
    var runs: [RunRecord] = []
    for task in tasks {
      switch task.state {
      case .running(let run): if let run = try openRun(run) { runs.append(run) }
      case .starting: return .refused(task.id, .notRunning)
      case .waiting, .ended: break
      }
    }
    let waiting = tasks.filter { $0.state == .waiting }
    guard !runs.isEmpty || !waiting.isEmpty else { return .refused(id, .notRunning) }
    // By their ids, before the first of them is extended.
    _ = try lockedBalances(of: Set(runs.map(\.allocation)))
    var (changed, total): ([RunRecord], GPUTime) = ([], .zero)
    for run in runs {
      switch try extend(run, to: change, books, centre) {
      case .refused(let refusal): return .refused(run.id.task, refusal)
      case .unchanged: break
      case .granted(let reach, let more):
        changed.append(run.reaching(reach, holding: more))
        total = total + more
      }
    }
    if let (run, refusal) = try limitReached(by: changed, runs, centre) {
      return .refused(run, refusal)
    }
    let isNew = try save(change.ofRunsToCome, of: waiting, id)
    return changed.isEmpty && !isNew ? .unchanged : .done(changed, more: total)
  }

  /// The limit on what is held at once that the longer holds of runs, written already, go beyond.
  private borrowing func limitReached(
    by changed: [RunRecord], _ before: [RunRecord], _ centre: Centre
  ) throws(PostgresError) -> (TaskID, LimitRefusal)? {
    let held = Dictionary(uniqueKeysWithValues: before.map { ($0.id, $0.hold ?? .zero) })
    let longer = changed.compactMap { run in
      let more = (run.hold ?? .zero) - (held[run.id] ?? .zero)
      return more > .zero ? (run: run, more: more) : nil
    }
    let locked = try lockedLimits(above: longer.map(\.run), centre)
    for (run, more) in longer {
      guard let rule = locked.exceeded(above: run.id), let most = rule.most[.held] else { continue }
      return (run.id.task, .limit(rule.id, needs: more, most: GPUTime(milliseconds: most)))
    }
    return nil
  }

  /// The limit of what waits, of one task or of all; false if it is theirs already.
  private borrowing func save(
    _ limit: Seconds, of waiting: [TaskRecord], _ id: TaskID
  ) throws(PostgresError) -> Bool {
    let standing = try query(.jobLimits, [.jobs([id.job])]).only().seconds("limit_seconds")
    guard waiting.contains(where: { ($0.limit ?? standing) != limit }) else { return false }
    if id.index == nil {
      try later(.changeJobLimit, [.int64(id.job.number), .seconds(limit)])
    } else {
      try later(.changeTaskLimit, id.key + [.seconds(limit)])
    }
    return true
  }

  /// Another limit for a run under way, with its hold and its directive.
  private borrowing func extend(
    _ run: RunRecord, to change: LimitChange, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> LimitVerdict {
    let closes = try query(.windows, [.textArray([run.allocation.text])]).onlyOrNone()?.window()
      .upperBound
    let verdict = change.verdict(on: run, closes: closes, now: books.now)
    guard case .granted(let reach, let more) = verdict else { return verdict }
    if more > .zero, let refusal = try hold(more, for: run, books, centre) {
      return .refused(refusal)
    }
    try later(.extendRun, run.id.key + [.amount(more), .seconds(reach)])
    try direct("limit", run.id, limit: change.limit)
    return verdict
  }

  /// Adds to the hold of a run; why not, if the books refuse.
  private borrowing func hold(
    _ more: GPUTime, for run: RunRecord, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> LimitRefusal? {
    switch try extend(run, by: more, books, centre) {
    case .posted, .alreadyPosted: return nil
    case .refused(.insufficient(let allocation, let needs, let available, let held)):
      return .budget(allocation, needs: needs, available: available, held: held)
    case .refused(.capReached(let cap, let needs, let limit, let use)):
      return .cap(
        cap, needs: needs, limit: limit, used: use.used, held: use.held, own: run.hold ?? .zero)
    case .refused(let refusal):
      throw .encoding("the books refuse to extend the hold of \(run.id): \(refusal)")
    }
  }

  /// Writes what the bridge has to do to a run.
  borrowing func direct(
    _ kind: String, _ run: RunID, signal: JobSignal? = nil, limit: Seconds? = nil
  ) throws(PostgresError) {
    try later(
      .addDirectives,
      rows: [
        [.text(kind)] + run.key + [.optionalText(signal?.rawValue), .optionalInt64(limit?.count)]
      ])
  }

  borrowing func save(_ closing: RunClosing, of run: RunID) throws(PostgresError) {
    try later(
      .closeRun,
      run.key + [
        .bool(closing.signalled), .optionalInt64(closing.limit?.count),
        .optionalText(closing.cause?.rawValue), .optionalInstant(closing.evictedAt),
      ])
  }

  /// Keeps why runs are ended, where no cause was given before.
  borrowing func note(_ cause: EndCause, on runs: [RunID]) throws(PostgresError) {
    for id in runs {
      guard let closing = try openRun(id)?.closing.after(.end(id, cause)) else { continue }
      try save(closing, of: id)
    }
  }
}

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
    waitingLimitOf job: JobID, to limit: Seconds
  ) async throws(StoreError) -> GuardedOutcome {
    try await write(announced: true) { tx throws(PostgresError) -> GuardedOutcome in
      _ = try tx.lockJobs([job])
      guard try tx.execute(.changeJobLimit, [.int64(job.number), .seconds(limit)]) > 0 else {
        tx.abandon()
        return .stale
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
      if case .done(let run, _) = outcome {
        try tx.direct("limit", run.id, limit: change.limit)
      } else {
        tx.abandon()
      }
      return outcome
    }
  }
}

extension Transaction {
  fileprivate borrowing func change(
    limitOf id: TaskID, to change: LimitChange, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> LimitOutcome {
    guard case .running(let runID)? = try lockTasks([id]).first?.record.state,
      let run = try openRun(runID)
    else { return .refused(.notRunning) }
    let closes = try query(.windows, [.textArray([run.allocation.text])]).onlyOrNone()?.window()
      .upperBound
    switch change.verdict(on: run, closes: closes, now: books.now) {
    case .refused(let refusal): return .refused(refusal)
    case .unchanged: return .unchanged(run)
    case .granted(let reach, let more):
      if more > .zero, let refusal = try hold(more, for: run, books, centre) {
        return .refused(refusal)
      }
      try later(.extendRun, run.id.key + [.amount(more), .seconds(reach)])
      return .done(run.reaching(reach, holding: more), more: more)
    }
  }

  /// Adds to the hold of a run; why not, if the books refuse.
  private borrowing func hold(
    _ more: GPUTime, for run: RunRecord, _ books: OpenBooks, _ centre: Centre
  ) throws(PostgresError) -> LimitRefusal? {
    switch try extend(run, by: more, books, centre) {
    case .posted, .alreadyPosted: return nil
    case .refused(.insufficient(let allocation, let needs, let available, let held)):
      return .budget(allocation, needs: needs, available: available, held: held)
    case .refused(.capReached(let cap, let needs, let limit, _)):
      return .cap(cap, needs: needs, limit: limit)
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
        .optionalText(closing.cause?.rawValue),
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

import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// A cancelled task that would wait again ends instead.
  package func perform(_ transition: Transition) async throws(StoreError) -> GuardedOutcome {
    try await write { tx throws(PostgresError) -> GuardedOutcome in
      guard try tx.perform(transition) else {
        tx.abandon()
        return .stale
      }
      try tx.notifyChanged()
      return .done
    }
  }
}

extension Transaction {
  /// False if the transition no longer applies.
  fileprivate borrowing func perform(_ transition: Transition) throws(PostgresError) -> Bool {
    switch transition {
    case .bound(let key, let slurmJobID): return try bind(key, slurmJobID)
    case .started(let run, let start, let weight, let slurmJobID, let devices):
      guard var task = try lockTask(run.task)?.record, task.state == .starting(run) else {
        return false
      }
      task.state = .running(run)
      try save(task)
      try execute(
        .startRun,
        run.key + [
          .instant(start), .int64(weight.thousandths), .int64(slurmJobID),
          .textArray(devices),
        ])
      return true
    case .ended(let run, let end): return try self.end(run, end)
    case .returned(let run, let cause): return try giveBack(run, cause)
    case .adopted(let task, let run, let slurmJobID): return try adopt(task, run, slurmJobID)
    case .dropped(let id, let outcome, let cause):
      guard var task = try lockTask(id)?.record, task.state == .waiting else { return false }
      task.state = .ended(outcome)
      try save(task, cause: cause)
      return true
    }
  }

  private borrowing func bind(
    _ key: SlurmKey, _ slurmJobID: Int64
  ) throws(PostgresError) -> Bool {
    guard let job = try lockJobs([key.job])[key.job] else { return false }
    if let id = key.task {
      guard let task = try lockTask(id)?.record, task.generation == key.generation,
        task.rebound != slurmJobID
      else { return false }
      try execute(.bindTask, id.key + [.int64(slurmJobID)])
    } else {
      guard job.slurmJobID != slurmJobID else { return false }
      try execute(.bindJob, [.int64(job.id.number), .int64(slurmJobID)])
    }
    try execute(
      .cancelEnded,
      [
        .int64(job.id.number), .integer(key.generation),
        .optionalInt64(key.task?.indexColumn),
      ])
    return true
  }

  private borrowing func end(_ id: RunID, _ end: RunEnd) throws(PostgresError) -> Bool {
    guard end.used <= .largest else { throw .encoding("run \(id) used more than can be booked") }
    guard let job = try lockJobs([id.task.job])[id.task.job],
      let task = try lockTask(id.task), task.record.state.run == id, let run = try run(id)
    else { return false }
    let requeued = end.requeued && !task.cancelRequested
    var next = task.record
    next.state = requeued ? .waiting : .ended(end.requeued ? .cancelled : end.outcome)
    if requeued, job.origin == .polder {
      next.generation += 1
      next.rebound = nil
    }
    try execute(
      .endRun,
      id.key + [
        .text("ended"), .optionalInstant(end.start), .instant(end.end),
        .text(end.outcome.rawValue), .integer(end.exitCode), .integer(end.signal),
        .amount(end.used), .optionalText(end.refund?.rawValue), .bool(requeued),
      ])
    try post(settlement(of: run, end, now: try now()), of: run)
    try save(next)
    try execute(.finishDirectives, [.null] + id.task.key + [.null])
    return true
  }

  /// What the end of a run books: charge, release, overrun, refund, and the expiry of a refund that
  /// comes after the window has ended.
  private borrowing func settlement(
    of run: RunRecord, _ end: RunEnd, now: Instant
  ) throws(PostgresError) -> [Entry] {
    guard let hold = run.hold else {
      return [
        Entry.draft(
          .overrun(run.id), .overrun, run.allocation, end.used, run: run.id, reason: .unplanned,
          effective: end.end, now: now
        ).entry
      ].compactMap { $0 }
    }
    let settlement = Settlement(hold: hold, used: end.used)
    var entries = settlement.entries(
      run: run.id, allocation: run.allocation, over: end.span, now: now)
    guard let reason = end.refund, settlement.charge > .zero else { return entries }
    entries += Entry.refunds(
      of: entries.filter { $0.kind == .charge }.map { ($0, $0.amount) }, reason,
      effective: end.end, now: now)
    if let windowEnd = try windowEnd(of: run.allocation), windowEnd <= now {
      entries.append(
        Entry(
          id: EntryID("expiry:\(run.id)"), kind: .expiry, allocation: run.allocation,
          amount: settlement.charge, run: run.id, effective: max(windowEnd, end.end),
          recorded: now))
    }
    return entries
  }

  private borrowing func giveBack(_ id: RunID, _ cause: String) throws(PostgresError) -> Bool {
    guard let task = try lockTask(id.task), task.record.state.run == id, let run = try run(id)
    else { return false }
    let now = try now()
    try execute(
      .endRun,
      id.key + [
        .text("returned"), .null, .instant(now), .text(TaskOutcome.refused.rawValue),
        .integer(0), .integer(0), .amount(.zero), .null, .bool(!task.cancelRequested),
      ])
    if let hold = run.hold {
      try post(
        Settlement(hold: hold, used: .zero).entries(
          run: id, allocation: run.allocation, over: now..<now, now: now), of: run)
    }
    var next = task.record
    next.state = task.cancelRequested ? .ended(.cancelled) : .waiting
    try save(next, cause: cause)
    try execute(.finishDirectives, [.text("start")] + id.key)
    return true
  }

  private borrowing func adopt(
    _ id: TaskID, _ run: RunRecord, _ slurmJobID: Int64
  ) throws(PostgresError) -> Bool {
    guard var task = try lockTask(id)?.record, task.state == .waiting, task.nextRun == run.id
    else { return false }
    let available = try lockedBalance(of: run.allocation)?.available ?? .zero
    let covered = run.hold.map { $0 <= available } ?? false
    let adopted = covered ? run : run.withoutHold
    task.state = .running(run.id)
    task.attempts = run.id.attempt
    try add(adopted, state: "running", slurmJobID: slurmJobID)
    try postHold(adopted, now: try now())
    try save(task)
    return true
  }
}

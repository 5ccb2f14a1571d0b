package import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// Stale also if the allocation's window was changed so that it no longer holds the run.
  package func commit(_ run: RunRecord) async throws(StoreError) -> GuardedOutcome {
    guard let hold = run.hold, hold >= .zero else { return .stale }
    return try await write { tx throws(PostgresError) -> GuardedOutcome in
      guard var task = try tx.lockTask(run.id.task)?.record, task.state == .waiting,
        task.nextRun == run.id, try tx.isOpen(run),
        let balance = try tx.lockedBalance(of: run.allocation), hold <= balance.available
      else {
        tx.abandon()
        return .stale
      }
      task.state = .starting(run.id)
      task.attempts = run.id.attempt
      try tx.add(run, state: "starting", slurmJobID: nil)
      try tx.postHold(run, now: try tx.now())
      try tx.save(task)
      try tx.execute(.addDirective, [.text("start")] + run.id.key)
      try tx.notifyChanged()
      return .done
    }
  }

  package func finish(_ directive: Directive) async throws(StoreError) {
    let columns: [Value] =
      switch directive {
      case .start(let run): [.text("start")] + run.key
      case .cancel(let task, _): [.text("cancel")] + task.key + [.null]
      }
    try await write { tx throws(PostgresError) in
      if try tx.execute(.finishDirectives, columns) == 0 { tx.abandon() }
    }
  }

  /// A waiting task that has no Slurm job yet may be seen there later: it is cancelled then.
  package func cancel(
    _ tasks: [TaskID], audit line: AuditLine?
  ) async throws(StoreError) -> [TaskID] {
    try await write { tx throws(PostgresError) in
      let jobs = try tx.lockJobs(Set(tasks.map(\.job)))
      var cancellation = Cancellation()
      for task in try tx.lockTasks(tasks) {
        guard let job = jobs[task.record.id.job] else { continue }
        cancellation.add(task.record, in: job)
      }
      try tx.batch(.setTask, cancellation.endedNow.map { $0.columns(cause: "cancelled") })
      try tx.batch(.requestCancel, cancellation.requested.map(\.key))
      try tx.batch(.finishDirectives, cancellation.void.map { [.text("start")] + $0.key })
      try tx.batch(
        .addDirective, cancellation.directed.map { [.text("cancel")] + $0.key + [.null] })
      let acted = cancellation.endedNow.map(\.id) + cancellation.requested
      if acted.isEmpty {
        tx.abandon()
      } else {
        try tx.notifyChanged()
        if let line { try tx.audit(line) }
      }
      return cancellation.endedBefore
    }
  }
}

/// What a cancel means for each of its tasks.
private struct Cancellation {
  var endedBefore: [TaskID] = []
  /// Waiting until now.
  var endedNow: [TaskRecord] = []
  /// Have a run, whose end is seen in Slurm.
  var requested: [TaskID] = []
  /// Slurm has to be told.
  var directed: [TaskID] = []
  /// Starts that need not be performed any more.
  var void: [RunID] = []

  mutating func add(_ task: TaskRecord, in job: LockedJob) {
    let isInSlurm = job.slurmJobID(of: task) != nil
    switch task.state {
    case .ended: endedBefore.append(task.id)
    case .waiting:
      var ended = task
      ended.state = .ended(.cancelled)
      endedNow.append(ended)
      if isInSlurm { directed.append(task.id) }
    case .starting(let run):
      requested.append(task.id)
      directed.append(task.id)
      // Without a Slurm job the start must be performed first: it may be on its way.
      if isInSlurm { void.append(run) }
    case .running:
      requested.append(task.id)
      directed.append(task.id)
    }
  }
}

extension Transaction {
  /// True if the run's allocation is in force and its window holds the run.
  borrowing func isOpen(_ run: RunRecord) throws(PostgresError) -> Bool {
    guard let row = try query(.window, [.id(run.allocation)]).onlyOrNone() else { return false }
    let window = try row.window()
    return window.contains(run.committed) && run.committed + run.reach <= window.upperBound
  }

  /// Takes a run's hold; of a run that costs nothing there is none.
  borrowing func postHold(_ run: RunRecord, now: Instant) throws(PostgresError) {
    guard let hold = run.hold, hold > .zero else { return }
    let draft = Entry.draft(
      .hold(run.id), .hold, run.allocation, hold, run: run.id, effective: run.committed, now: now)
    guard let entry = draft.entry else { throw .encoding("the hold of \(run.id) is too large") }
    try post([entry], of: run)
  }
}

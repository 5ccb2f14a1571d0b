package import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// Stale also if the allocation's window was changed so that it no longer holds the run.
  package func commit(_ runs: [RunRecord]) async throws(StoreError) -> [GuardedOutcome] {
    try await grouped(runs) { tx, runs throws(PostgresError) in
      var locked = try tx.lockForStarts(runs)
      return try runs.map { run throws(PostgresError) in
        guard let task = locked.start(run) else { return .stale }
        try tx.add(run, state: "starting", slurmJobID: nil)
        try tx.postHold(run, now: locked.now)
        try tx.save(task)
        try tx.later(.addDirective, [.text("start")] + run.id.key)
        return .done
      }
    }
  }

  /// So many steps are one transaction.
  private static let groupSize = 256

  /// Writes steps in order, many in one transaction; a step that is stale leaves the others be.
  func grouped<Step: Sendable>(
    _ steps: [Step],
    _ body:
      @escaping @Sendable (borrowing Transaction, [Step]) throws(PostgresError) -> [GuardedOutcome]
  ) async throws(StoreError) -> [GuardedOutcome] {
    var outcomes: [GuardedOutcome] = []
    var rest = steps[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(Self.groupSize))
      rest = rest.dropFirst(group.count)
      outcomes += try await write(announced: true) { tx throws(PostgresError) in
        let outcomes = try body(tx, group)
        if !outcomes.contains(.done) { tx.abandon() }
        return outcomes
      }
    }
    return outcomes
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
    try await write(announced: true) { tx throws(PostgresError) in
      let jobs = try tx.lockJobs(Set(tasks.map(\.job)))
      var cancellation = Cancellation()
      for task in try tx.lockTasks(tasks) {
        guard let job = jobs[task.record.id.job] else { continue }
        cancellation.add(task.record, in: job)
      }
      try tx.later(.setTask, sets: cancellation.endedNow.map { $0.columns(cause: "cancelled") })
      try tx.later(.requestCancel, sets: cancellation.requested.map(\.key))
      try tx.later(.finishDirectives, sets: cancellation.void.map { [.text("start")] + $0.key })
      try tx.later(
        .addDirective, sets: cancellation.directed.map { [.text("cancel")] + $0.key + [.null] })
      let acted = cancellation.endedNow.map(\.id) + cancellation.requested
      if acted.isEmpty {
        tx.abandon()
      } else if let line {
        try tx.audit(line)
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
  /// Locks what starts are checked against.
  fileprivate borrowing func lockForStarts(_ runs: [RunRecord]) throws(PostgresError)
    -> LockedStarts
  {
    let allocations = Value.textArray(Set(runs.map(\.allocation)).sorted().map(\.text))
    let rows = try queries([
      (.lockTasks, runs.map(\.id.task).keyColumns), (.lockBalances, [allocations]),
      (.windows, [allocations]), (.now, []),
    ])
    var locked = LockedStarts(now: try rows[3].only().instant("now"))
    for task in try rows[0].lockedTasks() { locked.tasks[task.record.id] = task.record }
    for row in rows[1] {
      locked.available[try row.identifier("allocation")] = try row.balance().available
    }
    for row in rows[2] { locked.windows[try row.identifier("id")] = try row.window() }
    return locked
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

/// What starts are checked against, as it stands after those that were taken so far.
private struct LockedStarts {
  let now: Instant
  var tasks: [TaskID: TaskRecord] = [:]
  var available: [AllocationID: GPUTime] = [:]
  /// Of allocations that are in force.
  var windows: [AllocationID: Range<Instant>] = [:]

  /// The task as it starts, or nil if the start does not apply.
  mutating func start(_ run: RunRecord) -> TaskRecord? {
    guard var task = tasks[run.id.task], task.state == .waiting, task.nextRun == run.id,
      let hold = run.hold, hold >= .zero,
      let available = available[run.allocation], hold <= available,
      let window = windows[run.allocation], window.contains(run.committed),
      run.committed + run.reach <= window.upperBound
    else { return nil }
    task.state = .starting(run.id)
    task.attempts = run.id.attempt
    tasks[task.id] = task
    self.available[run.allocation] = available - hold
    return task
  }
}

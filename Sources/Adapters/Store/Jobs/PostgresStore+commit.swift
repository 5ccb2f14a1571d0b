package import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// Stale also if the allocation's window was changed so that it no longer holds the run, if a
  /// hard cap or a limit above it leaves less, or if something else was taken from the allocation
  /// since it was decided.
  package func commit(_ runs: [RunRecord]) async throws(StoreError) -> [GuardedOutcome] {
    try await grouped(runs) { tx, runs throws(PostgresError) in
      var locked = try tx.lockForStarts(runs) { tx, version throws(PostgresError) in
        try self.centre(tx, version: version)
      }
      var rows = GroupedRows()
      let outcomes = try runs.map { run throws(PostgresError) -> GuardedOutcome in
        guard let task = locked.start(run) else { return .stale }
        rows.make(run, state: "starting", slurmJobID: nil)
        try rows.postHold(run, locked.books)
        rows.save(task)
        rows.direct(start: run.id)
        return .done
      }
      try rows.write(tx)
      return outcomes
    }
  }

  /// So many steps are one transaction.
  private static let groupSize = 256

  /// Writes steps in order, many in one transaction; a step that is stale leaves the others be. If
  /// Postgres refuses a group, each of its steps is written alone: the one at fault fails alone.
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
      do throws(StoreError) {
        outcomes += try await write(group, body)
      } catch {
        guard case .broken(let why) = error else { throw error }
        guard group.count > 1 else {
          outcomes.append(.failed(why))
          continue
        }
        for step in group { outcomes += try await grouped([step], body) }
      }
    }
    return outcomes
  }

  private func write<Step: Sendable>(
    _ group: [Step],
    _ body:
      @escaping @Sendable (borrowing Transaction, [Step]) throws(PostgresError) -> [GuardedOutcome]
  ) async throws(StoreError) -> [GuardedOutcome] {
    try await write(announced: true) { tx throws(PostgresError) in
      let outcomes = try body(tx, group)
      if !outcomes.contains(.done) { tx.abandon() }
      return outcomes
    }
  }

  package func finish(_ directives: [Directive]) async throws(StoreError) {
    guard !directives.isEmpty else { return }
    try await write { tx throws(PostgresError) -> Void in
      try tx.later(.finishDirectives, rows: directives.map(\.finishColumns))
    }
  }

  /// A waiting task that has no Slurm job yet may be seen there later: it is cancelled then.
  package func cancel(
    _ tasks: [TaskID], because cause: EndCause?, audit line: AuditLine?
  ) async throws(StoreError) -> [TaskID] {
    try await write(announced: true) { tx throws(PostgresError) in
      let jobs = try tx.lockJobs(Set(tasks.map(\.job)))
      var cancellation = Cancellation()
      for task in try tx.lockTasks(tasks) {
        guard let job = jobs[task.record.id.job] else { continue }
        cancellation.add(task.record, in: job)
      }
      try tx.later(.setTasks, rows: cancellation.endedNow.map { $0.columns(cause: "cancelled") })
      try tx.later(.requestCancel, sets: cancellation.requested.map(\.key))
      if let cause { try tx.note(cause, on: cancellation.ended) }
      try tx.later(
        .finishDirectives, rows: cancellation.void.map { [.text("start")] + $0.key + [.null] })
      try tx.later(
        .addDirectives,
        rows: cancellation.directed.map { [.text("cancel")] + $0.key + [.null, .null, .null] })
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
  /// Runs that it ends.
  var ended: [RunID] = []

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
      ended.append(run)
      // Without a Slurm job the start must be performed first: it may be on its way.
      if isInSlurm { void.append(run) }
    case .running(let run):
      ended.append(run)
      requested.append(task.id)
      directed.append(task.id)
    }
  }
}

extension Transaction {
  /// Locks what starts are checked against.
  fileprivate borrowing func lockForStarts(
    _ runs: [RunRecord],
    centre: (borrowing Transaction, Int64) throws(PostgresError) -> Centre
  ) throws(PostgresError) -> LockedStarts {
    let allocations = Value.textArray(Set(runs.map(\.allocation)).sorted().map(\.text))
    let rows = try queries([
      (.shareBooks, []), (.booksClock, []), (.lockTasks, runs.map(\.id.task).keyColumns),
      (.lockBalances, [allocations]), (.windows, [allocations]),
      (.jobLimits, [.jobs(Set(runs.map(\.id.task.job)).sorted())]),
    ])
    let books = try rows[1].only().openBooks()
    let described = try centre(self, books.centreVersion)
    var locked = LockedStarts(
      books: books, caps: try lockedCaps(above: runs, described),
      running: try lockedLimits(above: runs, described))
    for task in try rows[2].lockedTasks() { locked.tasks[task.record.id] = task.record }
    locked.available = try rows[3].balances().mapValues(\.available)
    locked.taken = try rows[3].taken()
    for row in rows[4] { locked.windows[try row.identifier("id")] = try row.window() }
    for row in rows[5] {
      locked.limits[JobID(number: try row.int64("number"))] = LockedStarts.Limit(
        seconds: try row.seconds("limit_seconds"),
        least: try row.optionalInt64("least_limit_seconds").map { Seconds($0) },
        changed: try row.optionalInstant("limit_changed_at"))
    }
    return locked
  }
}

/// What starts are checked against, as it stands after those that were taken so far.
private struct LockedStarts {
  let books: OpenBooks
  var caps: LockedCaps
  /// What runs at once of what is limited.
  var running: LockedLimits
  var tasks: [TaskID: TaskRecord] = [:]
  var available: [AllocationID: GPUTime] = [:]
  /// When what was taken last of each, otherwise than by a start, is effective.
  var taken: [AllocationID: Instant] = [:]
  /// Of allocations that are in force.
  var windows: [AllocationID: Range<Instant>] = [:]
  /// The time limits of jobs, read once their tasks were locked: who changes one locks those too.
  var limits: [JobID: Limit] = [:]

  struct Limit {
    let seconds: Seconds
    /// A start now may have a limit as short as this; nil for none shorter.
    let least: Seconds?
    let changed: Instant?

    /// False if it was changed since the run was decided, or so that its hold does not reach. `own`
    /// is the task's, if it has one.
    func isCovered(by run: RunRecord, _ own: Seconds?) -> Bool {
      guard let changed else { return true }
      let limit = own ?? seconds
      return changed < run.committed && min(limit, least ?? limit) <= run.reach
    }
  }

  /// The task as it starts, or nil if the start does not apply.
  mutating func start(_ run: RunRecord) -> TaskRecord? {
    guard var task = tasks[run.id.task], task.state == .waiting, task.nextRun == run.id,
      let hold = run.hold, hold >= .zero,
      limits[run.id.task.job]?.isCovered(by: run, task.limit) == true,
      let available = available[run.allocation], hold <= available,
      taken[run.allocation].map({ $0 < run.committed }) ?? true,
      let window = windows[run.allocation], window.contains(run.committed),
      run.committed + run.reach <= window.upperBound,
      caps.reached(by: hold, above: run.id) == nil, running.leaveRoom(for: run)
    else { return nil }
    caps.take(hold, above: run.id)
    running.take(run)
    task.state = .starting(run.id)
    task.attempts = run.id.attempt
    tasks[task.id] = task
    self.available[run.allocation] = available - hold
    return task
  }
}

extension Directive {
  /// The parameters of `finish_directives.sql`.
  fileprivate var finishColumns: [Value] {
    switch self {
    case .start(let run): [.text("start")] + run.key + [.null]
    case .cancel(let task, _): [.text("cancel")] + task.key + [.null, .null]
    case .signal(let run, _): [.text("signal")] + run.key + [.null]
    case .end(let run): [.text("end")] + run.key + [.null]
    case .limit(let run, let limit): [.text("limit")] + run.key + [.seconds(limit)]
    }
  }
}

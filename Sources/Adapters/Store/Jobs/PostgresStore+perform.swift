import Domain
import Ledger
package import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// A cancelled task that would wait again ends instead.
  package func perform(_ transitions: [Transition]) async throws(StoreError) -> [GuardedOutcome] {
    try await grouped(transitions) { tx, transitions throws(PostgresError) in
      var locked = try tx.lock(for: transitions) { tx, version throws(PostgresError) in
        try self.centre(tx, version: version)
      }
      let outcomes = try transitions.map { transition throws(PostgresError) -> GuardedOutcome in
        try tx.perform(transition, &locked) ? .done : .stale
      }
      try locked.rows.write(tx)
      for (transition, outcome) in zip(transitions, outcomes) where outcome == .done {
        if let line = transition.line { try tx.audit(line) }
      }
      return outcomes
    }
  }
}

/// What transitions are checked against, as it stands after those that were performed so far.
struct LockedSteps {
  let books: OpenBooks
  var jobs: [JobID: LockedJob] = [:]
  var tasks: [TaskID: LockedTask] = [:]
  var runs: [RunID: RunRecord] = [:]
  /// Those that runs are adopted from and that are open: others pay for nothing that is adopted.
  var open: Set<RunID> = []
  /// Of the allocations that runs are adopted from.
  var available: [AllocationID: GPUTime] = [:]
  /// Above the runs that are adopted.
  var caps = LockedCaps()
  /// What is to be written of them.
  var rows = GroupedRows()

  mutating func save(_ task: LockedTask, cause: String? = nil) {
    tasks[task.record.id] = task
    rows.save(task.record, cause: cause)
  }
}

extension Transaction {
  /// Locks what transitions are about, in one round trip: books, jobs, tasks, balances, each by
  /// id; and, if runs are adopted and there are caps, these in another.
  fileprivate borrowing func lock(
    for transitions: [Transition],
    centre: (borrowing Transaction, Int64) throws(PostgresError) -> Centre
  ) throws(PostgresError) -> LockedSteps {
    var jobs: Set<JobID> = []
    var tasks: [TaskID] = []
    var runs: [RunID] = []
    var adopted: [RunRecord] = []
    for transition in transitions {
      switch transition {
      case .bound(let key, _):
        jobs.insert(key.job)
        if let task = key.task { tasks.append(task) }
      case .started(let run, _, _, _, _, _), .returned(let run, _):
        tasks.append(run.task)
        runs.append(run)
      case .ended(let run, _):
        jobs.insert(run.task.job)
        tasks.append(run.task)
        runs.append(run)
      case .adopted(let task, let run, _, _):
        jobs.insert(task.job)
        tasks.append(task)
        adopted.append(run)
      case .repeated(let task, let run, _, _):
        jobs.insert(task.job)
        tasks.append(task)
        adopted.append(run)
      case .dropped(let task, _, _): tasks.append(task)
      }
    }
    let allocations = Set(adopted.map(\.allocation)).sorted()
    let rows = try queries([
      (.shareBooks, []), (.booksClock, []), (.lockJobs, [.jobs(jobs.sorted())]),
      (.lockTasks, tasks.keyColumns), (.lockBalances, [.textArray(allocations.map(\.text))]),
      (
        .runsByKey,
        runs.map(\.task).keyColumns + [.int64Array(runs.map { Int64($0.attempt) })]
      ),
    ])
    var locked = LockedSteps(books: try rows[1].only().openBooks())
    locked.jobs = try rows[2].lockedJobs()
    for task in try rows[3].lockedTasks() { locked.tasks[task.record.id] = task }
    locked.available = try rows[4].balances().mapValues(\.available)
    if !adopted.isEmpty {
      let centre = try centre(self, locked.books.centreVersion)
      locked.caps = try lockedCaps(above: adopted, centre)
      for run in adopted where centre.allocations[run.allocation]?.isOpen(at: run.begun) == true {
        locked.open.insert(run.id)
      }
    }
    for row in rows[5] {
      let run = try row.run()
      locked.runs[run.id] = run
    }
    return locked
  }

  /// False if the transition no longer applies.
  fileprivate borrowing func perform(
    _ transition: Transition, _ locked: inout LockedSteps
  ) throws(PostgresError) -> Bool {
    switch transition {
    case .bound(let key, let slurmJobID): return try bind(key, slurmJobID, &locked)
    case .started(let run, let start, let weight, let slurmJobID, let devices, let allocated):
      guard var task = locked.tasks[run.task], task.record.state == .starting(run),
        let record = locked.runs[run]
      else { return false }
      task.record.state = .running(run)
      task.record.began = start
      locked.save(task)
      locked.runs[run] = record.running(since: start, weight: weight)
      locked.rows.start(
        run, at: start, weight, slurmJobID: slurmJobID, devices, allocated: allocated)
      return true
    case .ended(let run, let end): return try self.end(run, end, &locked)
    case .returned(let run, let cause): return giveBack(run, cause, &locked)
    case .adopted(let task, let run, let slurmJobID, let allocated):
      return try adopt(task, run, slurmJobID, allocated, &locked)
    case .repeated(let task, let run, let slurmJobID, let end):
      return try `repeat`(task, run, slurmJobID, end, &locked)
    case .dropped(let id, let outcome, let cause):
      guard var task = locked.tasks[id], task.record.state == .waiting else { return false }
      task.record.state = .ended(outcome)
      locked.save(task, cause: cause)
      return true
    }
  }

  private borrowing func bind(
    _ key: SlurmKey, _ slurmJobID: Int64, _ locked: inout LockedSteps
  ) throws(PostgresError) -> Bool {
    guard let job = locked.jobs[key.job] else { return false }
    // Whether its tasks have ended is read from the store.
    if locked.rows.mustPrecede(job.id) { try locked.rows.write(self) }
    if let id = key.task {
      guard let task = locked.tasks[id]?.record, task.generation == key.generation,
        task.rebound != slurmJobID
      else { return false }
      locked.tasks[id]?.record.rebound = slurmJobID
      try later(.bindTask, id.key + [.int64(slurmJobID)])
    } else {
      guard job.slurmJobID != slurmJobID else { return false }
      locked.jobs[job.id]?.slurmJobID = slurmJobID
      try later(.bindJob, [.int64(job.id.number), .int64(slurmJobID)])
    }
    try later(
      .cancelEnded,
      [
        .int64(job.id.number), .integer(key.generation),
        .optionalInt64(key.task?.indexColumn),
      ])
    return true
  }

  private borrowing func end(
    _ id: RunID, _ end: RunEnd, _ locked: inout LockedSteps
  ) throws(PostgresError) -> Bool {
    guard end.used <= .largest else { throw .encoding("run \(id) used more than can be booked") }
    guard let job = locked.jobs[id.task.job], var task = locked.tasks[id.task],
      task.record.state.run == id, let run = locked.runs[id]
    else { return false }
    let requeued = end.requeued && !task.cancelRequested
    task.record.state = requeued ? .waiting : .ended(end.requeued ? .cancelled : end.outcome)
    task.record.began = requeued ? nil : end.start ?? task.record.began
    if requeued, job.origin == .polder {
      task.record.generation += 1
      task.record.rebound = nil
    }
    locked.rows.end(id, as: "ended", end, requeued: requeued)
    locked.rows.post(try settlement(of: run, end, locked.books), of: run, locked.books)
    // Of a task that waits again it says nothing.
    locked.save(task, cause: requeued ? nil : run.closing.cause?.words)
    locked.rows.finishDirectives(of: id.task)
    return true
  }

  /// What the end of a run books: charge, release, overrun, refund, and the expiry of a refund that
  /// comes after the window has ended.
  private borrowing func settlement(
    of run: RunRecord, _ end: RunEnd, _ books: OpenBooks
  ) throws(PostgresError) -> [Entry] {
    let now = books.now
    guard let hold = run.hold else {
      return [
        Entry.draft(
          .overrun(run.id), .overrun, run.allocation, end.used, run: run.id, reason: .unplanned,
          effective: end.end, now: now
        ).entry
      ].compactMap { $0 }
    }
    let settlement = Settlement(hold: hold, used: end.used, pastEnd: end.pastEnd)
    // A refund is effective where its charge came to stand.
    var entries = settlement.entries(
      run: run.id, allocation: run.allocation, over: end.span, now: now
    ).map { $0.admitted(openFrom: books.openFrom).since(hold: run.committed) }
    guard let reason = end.refund, settlement.charge > .zero else { return entries }
    entries += Entry.refunds(
      of: entries.filter { $0.kind == .charge }.map { ($0, $0.amount) }, reason,
      effective: max(end.end, run.committed), now: now)
    if let windowEnd = try windowEnd(of: run.allocation),
      let lapse = Entry.lapse(
        of: entries, as: .lapse(run.id), run: run.id, windowEnd: windowEnd, now: now)
    {
      entries.append(lapse)
    }
    return entries
  }

  private borrowing func giveBack(
    _ id: RunID, _ cause: String, _ locked: inout LockedSteps
  ) -> Bool {
    guard var task = locked.tasks[id.task], task.record.state.run == id, let run = locked.runs[id]
    else { return false }
    let now = locked.books.now
    let nothing = RunEnd(
      start: nil, end: now, outcome: .refused, exitCode: 0, signal: 0, used: .zero, refund: nil,
      requeued: false)
    locked.rows.end(id, as: "returned", nothing, requeued: !task.cancelRequested)
    if let hold = run.hold {
      locked.rows.post(
        Settlement(hold: hold, used: .zero).entries(
          run: id, allocation: run.allocation, over: now..<now, now: now),
        of: run, locked.books)
    }
    task.record.state = task.cancelRequested ? .ended(.cancelled) : .waiting
    task.record.began = nil
    locked.save(task, cause: cause)
    locked.rows.finishDirectives(of: id.task, attempt: id.attempt)
    return true
  }

  private borrowing func adopt(
    _ id: TaskID, _ run: RunRecord, _ slurmJobID: Int64,
    _ allocated: [NodeName: NodeResources], _ locked: inout LockedSteps
  ) throws(PostgresError) -> Bool {
    guard var task = locked.tasks[id], task.record.state == .waiting,
      task.record.nextRun == run.id
    else { return false }
    try begin(
      run, slurmJobID, allocated, inPart: locked.jobs[id.job]?.origin == .adopted, &locked)
    task.record.state = .running(run.id)
    task.record.began = run.started
    task.record.attempts = run.id.attempt
    locked.save(task)
    return true
  }

  /// A run that Slurm began without us: with its hold, if its allocation can carry that.
  ///
  /// - Parameter inPart: with as much of its hold as its allocation can carry.
  private borrowing func begin(
    _ run: RunRecord, _ slurmJobID: Int64, _ allocated: [NodeName: NodeResources], inPart: Bool,
    _ locked: inout LockedSteps
  ) throws(PostgresError) {
    // Its last run may end in this group: a task has one open run at a time.
    if locked.rows.mustPrecede(run.id.task.job) { try locked.rows.write(self) }
    let available = locked.available[run.allocation] ?? .zero
    let room =
      locked.open.contains(run.id) ? min(available, locked.caps.room(above: run.id)) : .zero
    let begun = run.covered(by: room, inPart: inPart)
    if let hold = begun.hold {
      locked.available[run.allocation] = available - hold
      locked.caps.take(hold, above: run.id)
    }
    locked.rows.make(begun, state: "running", slurmJobID: slurmJobID, allocated: allocated)
    try locked.rows.postHold(begun, locked.books)
    locked.runs[run.id] = begun
  }

  private borrowing func `repeat`(
    _ id: TaskID, _ run: RunRecord, _ slurmJobID: Int64, _ end: RunEnd,
    _ locked: inout LockedSteps
  ) throws(PostgresError) -> Bool {
    guard end.used <= .largest else {
      throw .encoding("run \(run.id) used more than can be booked")
    }
    guard var task = locked.tasks[id], case .ended = task.record.state,
      task.record.nextRun == run.id
    else { return false }
    try begin(run, slurmJobID, [:], inPart: false, &locked)
    guard let begun = locked.runs[run.id] else { return false }
    locked.rows.end(run.id, as: "ended", end, requeued: false)
    locked.rows.post(try settlement(of: begun, end, locked.books), of: begun, locked.books)
    task.record.attempts = run.id.attempt
    locked.save(task, cause: "Slurm ran it once more after its end: that run is run \(run.id)")
    return true
  }
}

import Domain
import Lifecycle
import Postgres

/// All that is open, as one picture of the database shows it: jobs with a task that has not ended,
/// the jobs that those depend on, the tasks of both, and the runs under way.
///
/// The meaning is that of reading all of it (``Transaction/openWork(_:)``). A round of an idle machine
/// costs no more than what has changed since the round before: triggers note every change with its
/// transaction, and what is read anew are the changes by transactions that the picture before did
/// not show. Which these are only Postgres's snapshots tell, since transactions are not committed in
/// the order of their ids.
struct OpenWork: Sendable {
  /// Which transactions it shows: a `pg_snapshot` as text.
  let snapshot: String
  /// Connections made before it was read. Only on one of these is it brought up to date: a server
  /// that crashed may give the ids of lost transactions anew, and breaks all connections.
  let connections: Int
  /// All of it was read, and not what had changed.
  private(set) var isWhole = false
  private(set) var jobs: [JobID: JobRecord] = [:]
  private(set) var tasks: [TaskID: TaskRecord] = [:]
  private(set) var runs: [RunID: RunRecord] = [:]
  /// How many tasks of a job have not ended; of no other jobs.
  private var openTasks: [JobID: Int] = [:]
  /// How many conditions of open jobs are about a job.
  private var conditions: [JobID: Int] = [:]

  fileprivate init(snapshot: String, connections: Int) {
    self.snapshot = snapshot
    self.connections = connections
  }

  private init(_ known: OpenWork, snapshot: String, connections: Int) {
    self = OpenWork(snapshot: snapshot, connections: connections)
    jobs = known.jobs
    tasks = known.tasks
    runs = known.runs
    openTasks = known.openTasks
    conditions = known.conditions
  }

  /// Puts in all of it at once.
  fileprivate mutating func fill(
    _ jobs: [JobID: JobRecord], _ tasks: [TaskID: TaskRecord], _ runs: [RunID: RunRecord]
  ) {
    isWhole = true
    self.jobs = jobs
    self.tasks = tasks
    self.runs = runs
    for task in tasks.values where !task.isOver { openTasks[task.id.job, default: 0] += 1 }
    for job in openTasks.keys { count(conditionsOf: job, 1) }
  }

  /// The picture after changes.
  fileprivate func changed(
    _ changes: WorkChanges, snapshot: String, connections: Int, _ tx: borrowing Transaction
  ) throws(PostgresError) -> OpenWork {
    var next = OpenWork(self, snapshot: snapshot, connections: connections)
    guard !changes.isEmpty else { return next }
    let known = changes.jobs.filter { jobs[$0] != nil }
    let new = changes.jobs.subtracting(known)
    let changedTasks = changes.tasks.filter { known.contains($0.job) }.sorted()
    let read = try tx.jobs(new.union(changes.records.intersection(known)).sorted())
    for (id, record) in read { next.jobs[id] = record }
    for task in changedTasks { next.forget(task) }
    for task in try tx.tasks(changedTasks) { next.add(task) }
    for (task, _) in try tx.tasks(of: new.sorted()) { next.add(task) }
    for (id, run) in try tx.openRuns(of: changes.tasks.sorted()) { next.runs[id] = run }
    try next.follow(changes.jobs, from: self, tx)
    return next
  }

  /// Counts the conditions of jobs that are open now and were not, and the reverse; brings what they
  /// are about, and drops what is neither open nor asked for by anything that is.
  private mutating func follow(
    _ changed: Set<JobID>, from before: OpenWork, _ tx: borrowing Transaction
  ) throws(PostgresError) {
    var doubtful = changed
    for job in changed {
      let (was, isOpen) = (before.openTasks[job] != nil, openTasks[job] != nil)
      guard was != isOpen else { continue }
      count(conditionsOf: job, isOpen ? 1 : -1)
      doubtful.formUnion(jobs[job]?.request.dependencies.map(\.job) ?? [])
    }
    let missing = doubtful.filter { conditions[$0] != nil && jobs[$0] == nil }.sorted()
    for (id, record) in try tx.jobs(missing) { jobs[id] = record }
    for (task, _) in try tx.tasks(of: missing) { add(task) }
    for job in doubtful where openTasks[job] == nil && conditions[job] == nil {
      guard let record = jobs.removeValue(forKey: job) else { continue }
      for task in record.request.tasks(of: job) { forget(task) }
    }
  }

  private mutating func count(conditionsOf job: JobID, _ change: Int) {
    for dependency in jobs[job]?.request.dependencies ?? [] {
      let count = (conditions[dependency.job] ?? 0) + change
      conditions[dependency.job] = count > 0 ? count : nil
    }
  }

  private mutating func add(_ task: TaskRecord) {
    tasks[task.id] = task
    if !task.isOver { openTasks[task.id.job, default: 0] += 1 }
  }

  /// Takes out a task and its run.
  private mutating func forget(_ id: TaskID) {
    guard let task = tasks.removeValue(forKey: id) else { return }
    if let run = task.state.run { runs[run] = nil }
    guard !task.isOver, let count = openTasks[id.job] else { return }
    openTasks[id.job] = count > 1 ? count - 1 : nil
  }
}

/// What was changed since a picture.
private struct WorkChanges {
  /// Jobs of which something was changed.
  var jobs: Set<JobID> = []
  /// Jobs whose own rows were changed.
  var records: Set<JobID> = []
  var tasks: Set<TaskID> = []

  var isEmpty: Bool { jobs.isEmpty }

  init(_ rows: Rows) throws(PostgresError) {
    for row in rows {
      let job = JobID(number: try row.int64("job"))
      jobs.insert(job)
      if try row.optionalInt64("task_index") == nil {
        records.insert(job)
      } else {
        tasks.insert(try row.taskID())
      }
    }
  }
}

extension Transaction {
  /// All that is open: what has changed since an earlier picture, or all of it if there is none, if
  /// its changes are no longer noted, or if this connection is younger than it.
  ///
  /// - Parameter connections: how many had been made before this transaction began.
  borrowing func openWork(
    after earlier: OpenWork?, connections: Int
  ) throws(PostgresError) -> OpenWork {
    let known = earlier.flatMap { connectionNumber <= $0.connections ? $0 : nil }
    let picture = Value.optionalText(known?.snapshot)
    let rows = try queries([(.picture, [picture]), (.changes, [picture])])
    let standing = try rows[0].only()
    let snapshot = try standing.text("snapshot")
    if let known, try standing.bool("is_complete") {
      return try known.changed(
        WorkChanges(rows[1]), snapshot: snapshot, connections: connections, self)
    }
    return try wholeWork(OpenWork(snapshot: snapshot, connections: connections))
  }

  private borrowing func wholeWork(_ empty: OpenWork) throws(PostgresError) -> OpenWork {
    var ids: [JobID] = []
    for row in try query(.openJobs) { ids.append(JobID(number: try row.int64(0))) }
    ids.sort()
    var tasks: [TaskID: TaskRecord] = [:]
    tasks.reserveCapacity(ids.count)
    for (task, _) in try self.tasks(of: ids) { tasks[task.id] = task }
    var work = empty
    work.fill(try jobs(ids), tasks, try openRuns())
    return work
  }
}

/// When noted changes are forgotten: every so many pictures, those that a picture so long ago shows,
/// so that another reader may be somewhat behind.
struct ChangePruning {
  private static let interval = 64

  private var count = 0
  private var seen: String?

  /// The picture before which changes are to be forgotten now, if it is time.
  mutating func next(after work: OpenWork) -> String? {
    count += 1
    if seen == nil { seen = work.snapshot }
    guard count.isMultiple(of: Self.interval), seen != work.snapshot else { return nil }
    defer { seen = work.snapshot }
    return seen
  }
}

extension TaskRecord {
  fileprivate var isOver: Bool { if case .ended = state { true } else { false } }
}

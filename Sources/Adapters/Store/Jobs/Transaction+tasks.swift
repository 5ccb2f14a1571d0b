import Domain
import Lifecycle
import Postgres

/// A task that nobody else changes until the transaction ends.
struct LockedTask: Sendable {
  var record: TaskRecord
  /// A cancel was asked for while it had a run: it is never put back to wait.
  var cancelRequested: Bool
}

/// A job whose binding nobody else changes until the transaction ends.
struct LockedJob: Sendable {
  let id: JobID
  let origin: JobOrigin
  var slurmJobID: Int64?

  /// As `TaskRecord.slurmJobID(in:)`.
  func slurmJobID(of task: TaskRecord) -> Int64? {
    task.generation == 1 ? slurmJobID : task.rebound
  }
}

/// Locks and moves tasks. Locks are taken in the order jobs, tasks, balances, each by id, so that
/// writers wait for each other and don't deadlock.
extension Transaction {
  borrowing func lockJobs(_ ids: Set<JobID>) throws(PostgresError) -> [JobID: LockedJob] {
    try query(.lockJobs, [.jobs(ids.sorted())]).lockedJobs()
  }

  /// Those that exist, by id.
  borrowing func lockTasks(_ ids: [TaskID]) throws(PostgresError) -> [LockedTask] {
    try query(.lockTasks, ids.keyColumns).lockedTasks()
  }

  borrowing func save(_ task: TaskRecord, cause: String? = nil) throws(PostgresError) {
    try later(.setTasks, rows: [task.columns(cause: cause)])
  }
}

extension Rows {
  /// Of `lock_jobs.sql`.
  func lockedJobs() throws(PostgresError) -> [JobID: LockedJob] {
    var jobs: [JobID: LockedJob] = [:]
    for row in self {
      let id = JobID(number: try row.int64("number"))
      jobs[id] = LockedJob(
        id: id, origin: try row.choice("origin"), slurmJobID: try row.optionalInt64("slurm_job_id"))
    }
    return jobs
  }

  /// Of `lock_tasks.sql`, by id.
  func lockedTasks() throws(PostgresError) -> [LockedTask] {
    var tasks: [LockedTask] = []
    for row in self {
      tasks.append(
        LockedTask(record: try row.task(), cancelRequested: try row.bool("cancel_requested")))
    }
    return tasks
  }
}

extension [TaskID] {
  /// The parameters of `lock_tasks.sql`.
  var keyColumns: [Value] {
    [.jobs(map(\.job)), .int64Array(map(\.indexColumn))]
  }
}

extension TaskRecord {
  /// The parameters of `set_tasks.sql`.
  func columns(cause: String?) -> [Value] {
    let (name, outcome): (String, TaskOutcome?) =
      switch state {
      case .waiting: ("waiting", nil)
      case .starting: ("starting", nil)
      case .running: ("running", nil)
      case .ended(let outcome): ("ended", outcome)
      }
    return id.key + [
      .text(name), .integer(attempts), .integer(generation), .optionalInt64(rebound),
      .optionalText(outcome?.rawValue), .optionalText(cause), .optionalInstant(began),
    ]
  }
}

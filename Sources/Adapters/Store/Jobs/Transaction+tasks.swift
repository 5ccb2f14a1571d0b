import Domain
import Lifecycle
import Postgres

/// A task that nobody else changes until the transaction ends.
struct LockedTask: Sendable {
  var record: TaskRecord
  /// A cancel was asked for while it had a run: it is never put back to wait.
  let cancelRequested: Bool
}

/// A job whose binding nobody else changes until the transaction ends.
struct LockedJob: Sendable {
  let id: JobID
  let origin: JobOrigin
  let slurmJobID: Int64?

  /// As `TaskRecord.slurmJobID(in:)`.
  func slurmJobID(of task: TaskRecord) -> Int64? {
    task.generation == 1 ? slurmJobID : task.rebound
  }
}

/// Locks and moves tasks. Locks are taken in the order jobs, tasks, balances, each by id, so that
/// writers wait for each other and don't deadlock.
extension Transaction {
  borrowing func lockJobs(_ ids: Set<JobID>) throws(PostgresError) -> [JobID: LockedJob] {
    var jobs: [JobID: LockedJob] = [:]
    for row in try query(.lockJobs, [.jobs(ids.sorted())]) {
      let id = JobID(number: try row.int64("number"))
      jobs[id] = LockedJob(
        id: id, origin: try row.choice("origin"), slurmJobID: try row.optionalInt64("slurm_job_id"))
    }
    return jobs
  }

  /// Those that exist, by id.
  borrowing func lockTasks(_ ids: [TaskID]) throws(PostgresError) -> [LockedTask] {
    let rows = try query(
      .lockTasks, [.jobs(ids.map(\.job)), .int64Array(ids.map(\.indexColumn))])
    var tasks: [LockedTask] = []
    for row in rows {
      tasks.append(
        LockedTask(record: try row.task(), cancelRequested: try row.bool("cancel_requested")))
    }
    return tasks
  }

  borrowing func lockTask(_ id: TaskID) throws(PostgresError) -> LockedTask? {
    try lockTasks([id]).first
  }

  borrowing func save(_ task: TaskRecord, cause: String? = nil) throws(PostgresError) {
    try execute(.setTask, task.columns(cause: cause))
  }

  borrowing func add(
    _ run: RunRecord, state: String, slurmJobID: Int64?
  ) throws(PostgresError) {
    let perNode = run.placement.perNode
    try execute(
      .addRun,
      run.id.key + [
        .id(run.allocation), .textArray(run.placement.nodes.map(\.text)),
        .integer(perNode.gpus), .integer(perNode.cpus), .integer(perNode.memoryMiB),
        .int64(run.weight.thousandths), .integer(run.rateVersion),
        .optionalInt64(run.hold?.milliseconds), .seconds(run.reach), .text(state),
        .instant(run.committed), .optionalInstant(run.started), .optionalInt64(slurmJobID),
      ])
  }
}

extension TaskRecord {
  /// The parameters of `set_task.sql`.
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
      .optionalText(outcome?.rawValue), .optionalText(cause),
    ]
  }
}

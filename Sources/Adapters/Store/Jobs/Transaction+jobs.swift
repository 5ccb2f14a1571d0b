import Domain
import Lifecycle
import Postgres

/// Reads jobs, tasks and runs.
extension Transaction {
  borrowing func jobs(_ ids: [JobID]) throws(PostgresError) -> [JobID: JobRecord] {
    guard !ids.isEmpty else { return [:] }
    var dependencies: [JobID: [Dependency]] = [:]
    for row in try query(.dependencies, [.jobs(ids)]) {
      dependencies[JobID(number: try row.int64("job")), default: []].append(
        Dependency(
          condition: try row.choice("condition"), job: JobID(number: try row.int64("on_job")),
          index: try row.optionalInt64("on_task_index").map { Int($0) },
          delay: try row.seconds("delay_seconds")))
    }
    var jobs: [JobID: JobRecord] = [:]
    for row in try query(.jobs, [.jobs(ids)]) {
      let id = JobID(number: try row.int64("number"))
      jobs[id] = JobRecord(
        id: id, request: try row.request(dependencies: dependencies[id] ?? []),
        origin: try row.choice("origin"), submitted: try row.instant("submitted_at"),
        binding: try row.optionalInt64("slurm_job_id").map { .bound($0) } ?? .unbound,
        isLimitChanged: try row.bool("limit_changed"))
    }
    return jobs
  }

  /// By job and index; `cause` in words where there is one.
  borrowing func tasks(
    of jobs: [JobID]
  ) throws(PostgresError) -> [(record: TaskRecord, cause: String?)] {
    guard !jobs.isEmpty else { return [] }
    var tasks: [(record: TaskRecord, cause: String?)] = []
    for row in try query(.tasks, [.jobs(jobs)]) {
      tasks.append((try row.task(), try row.optionalText("cause")))
    }
    return tasks
  }

  /// Those of the tasks that exist.
  borrowing func tasks(_ ids: [TaskID]) throws(PostgresError) -> [TaskRecord] {
    guard !ids.isEmpty else { return [] }
    var tasks: [TaskRecord] = []
    for row in try query(.tasksByKey, ids.keyColumns) { tasks.append(try row.task()) }
    return tasks
  }

  borrowing func openRuns() throws(PostgresError) -> [RunID: RunRecord] {
    try query(.openRuns).runs()
  }

  borrowing func openRuns(of tasks: [TaskID]) throws(PostgresError) -> [RunID: RunRecord] {
    tasks.isEmpty ? [:] : try query(.openRunsOf, tasks.keyColumns).runs()
  }
}

extension Rows {
  fileprivate func runs() throws(PostgresError) -> [RunID: RunRecord] {
    var runs: [RunID: RunRecord] = [:]
    for row in self {
      let run = try row.run()
      runs[run.id] = run
    }
    return runs
  }
}

extension Row {
  func request(dependencies: [Dependency]) throws(PostgresError) -> JobRequest {
    let nodeCount = try integer("node_count")
    guard nodeCount >= 1 else { throw .decoding("a job is for no node") }
    return JobRequest(
      name: try text("name"), member: try identifier("member"),
      project: try identifier("project"), allocation: try optionalIdentifier("allocation"),
      partition: try identifier("partition"), nodeCount: nodeCount,
      perNode: try perNode(),
      gpuType: try optionalText("gpu_type"), timeLimit: try seconds("limit_seconds"),
      arrayIndices: try int64Array("array_indices").map { Int($0) },
      arrayThrottle: try optionalInt64("array_throttle").map { Int($0) },
      dependencies: dependencies, dependencyRule: try choice("dependency_rule"),
      notBefore: try optionalInstant("not_before"),
      requeue: try bool("requeue"), terms: try terms(),
      wishes: TimeWishes(
        minimumTime: try optionalInt64("least_limit_seconds").map { Seconds($0) },
        deadline: try optionalInstant("deadline"), nice: try integer("nice"),
        isSingleton: try bool("is_singleton"), qos: try optionalIdentifier("qos")),
      licences: try licenceShares(), otherPartitions: try identifiers("other_partitions"))
  }

  private func terms() throws(PostgresError) -> NodeTerms {
    let text = try optionalText("features")
    let features = text.flatMap { FeatureExpression($0) }
    guard (features == nil) == (text == nil) else {
      throw .decoding("column features is no constraint")
    }
    return NodeTerms(
      features: features, excluded: try identifiers("excluded_nodes"),
      required: try identifiers("required_nodes"),
      reservation: try optionalIdentifier("reservation"), switches: try switches())
  }

  private func switches() throws(PostgresError) -> SwitchWish? {
    guard let most = try optionalInt64("most_switches"),
      let until = try optionalInstant("switches_until")
    else { return nil }
    guard most >= 1 else { throw .decoding("column most_switches is no number of switches") }
    return SwitchWish(most: Int(most), until: until)
  }

  func task() throws(PostgresError) -> TaskRecord {
    let id = try taskID()
    let attempts = try integer("attempts")
    let run = RunID(task: id, attempt: attempts)
    let state: TaskState
    switch try text("state") {
    case "waiting": state = .waiting
    case "starting": state = .starting(run)
    case "running": state = .running(run)
    case "ended": state = .ended(try choice("outcome"))
    default: throw .decoding("column state is no state of a task")
    }
    return TaskRecord(
      id: id, state: state, attempts: attempts, generation: try integer("generation"),
      rebound: try optionalInt64("rebound_slurm_job_id"),
      limit: try optionalInt64("limit_seconds").map { Seconds($0) },
      began: try optionalInstant("began_at"))
  }

  func run() throws(PostgresError) -> RunRecord {
    RunRecord(
      id: try runID(), allocation: try identifier("allocation"),
      placement: Placement(
        nodes: try identifiers("nodes"),
        perNode: try perNode(),
        partition: try optionalIdentifier("partition")),
      weight: Weight(thousandths: try int64("weight_thousandths")),
      rateVersion: try integer("rate_version"), hold: try optionalAmount("hold_gpu_ms"),
      reach: try seconds("reach_seconds"), committed: try instant("committed_at"),
      started: try optionalInstant("started_at"),
      closing: RunClosing(
        signalled: try bool("signalled"),
        limit: try optionalInt64("told_limit_seconds").map { Seconds($0) },
        cause: try optionalChoice("end_cause"),
        evictedAt: try optionalInstant("evicted_at")))
  }
}

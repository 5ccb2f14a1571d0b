import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
package import Reporting
package import Services
import Synchronization

extension PostgresStore {
  package func snapshot() async throws(StoreError) -> Snapshot {
    try await read { tx throws(PostgresError) in
      let now = try tx.now()
      let open = try self.openJobs(tx)
      var tasks: [TaskID: TaskRecord] = [:]
      tasks.reserveCapacity(open.count)
      for row in try tx.query(.tasks, [.jobs(open.keys.sorted())]) {
        let task = try row.task()
        tasks[task.id] = task
      }
      let centre = try self.centre(tx)
      let state = EngineState(
        centre: centre, balances: try tx.balances(), caps: centre.caps(at: now),
        capUses: try tx.capUses(at: now), jobs: open, tasks: tasks, runs: try tx.openRuns())
      var directives: [Directive] = []
      for row in try tx.query(.directives) { directives.append(try row.directive()) }
      let cursor = try tx.query(.recordCursor).onlyOrNone()?.text("cursor")
      let restored = try tx.query(.restoredAt).onlyOrNone()?.instant("restored_at")
      return Snapshot(
        now: now, state: state, directives: directives, recordCursor: cursor, restored: restored)
    }
  }

  /// What a cycle looks at of jobs. What a job asks for hardly ever changes, so that only the rows
  /// that are new or have changed since the last snapshot are read.
  private func openJobs(_ tx: borrowing Transaction) throws(PostgresError) -> [JobID: JobRecord] {
    let known = knownJobs.withLock { $0 }
    let rows = try tx.query(.openJobs)
    var open: [JobID: KnownJob] = [:]
    open.reserveCapacity(rows.count)
    var versions: [JobID: Int64] = [:]
    for row in rows {
      let (id, version) = (JobID(number: try row.int64(0)), try row.int64(1))
      if let job = known[id], job.version == version {
        open[id] = job
      } else {
        versions[id] = version
      }
    }
    for (id, record) in try tx.jobs(versions.keys.sorted()) {
      open[id] = KnownJob(version: versions[id] ?? 0, record: record)
    }
    knownJobs.withLock { [open] in $0 = open }
    return open.mapValues(\.record)
  }

  package func saveRecordCursor(_ cursor: String) async throws(StoreError) {
    try await write { tx throws(PostgresError) -> Void in
      try tx.execute(.saveRecordCursor, [.text(cursor)])
    }
  }

  package func finishRestore() async throws(StoreError) {
    try await write { tx throws(PostgresError) -> Void in
      try tx.execute(.finishRestore)
    }
  }

  package func record(
    nodeStates: [AccessTimeFacts.NodeChange]
  ) async throws(StoreError) {
    try await write { tx throws(PostgresError) in
      try tx.execute(.lockNodeChanges)
      let nodes = Set(nodeStates.map(\.node)).sorted()
      var last: [NodeName: NodeStanding] = [:]
      for row in try tx.query(.lastNodeChanges, [.textArray(nodes.map(\.text))]) {
        last[try row.identifier("node")] = NodeStanding(
          up: try row.bool("up"), gpus: try row.integer("gpus"))
      }
      var new: [[Value]] = []
      for change in nodeStates {
        let standing = NodeStanding(up: change.up, gpus: change.gpus)
        guard last[change.node] != standing else { continue }
        last[change.node] = standing
        new.append(
          [.id(change.node), .instant(change.at), .bool(change.up), .integer(change.gpus)])
      }
      if new.isEmpty { return tx.abandon() }
      try tx.later(.addNodeChange, sets: new)
    }
  }
}

/// How a node was recorded last.
private struct NodeStanding: Equatable {
  let up: Bool
  let gpus: Int
}

extension Row {
  fileprivate func directive() throws(PostgresError) -> Directive {
    switch try text("kind") {
    case "start": .start(try runID())
    case "cancel": .cancel(try taskID(), slurmJobID: try optionalInt64("slurm_job_id"))
    case "signal": .signal(try runID(), try choice("signal"))
    case "end": .end(try runID())
    case "limit": .limit(try runID(), try seconds("limit_seconds"))
    default: throw .decoding("column kind is no kind of a directive")
    }
  }
}

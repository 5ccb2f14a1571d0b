import Domain
import Engine
import Ledger
import Lifecycle
import Postgres
package import Reporting
package import Services

extension PostgresStore {
  package func snapshot() async throws(StoreError) -> Snapshot {
    try await read { tx throws(PostgresError) in
      let now = try tx.now()
      var open: [JobID] = []
      for row in try tx.query(.openJobs) { open.append(JobID(number: try row.int64("number"))) }
      let tasks = try tx.tasks(of: open).map { ($0.record.id, $0.record) }
      let centre = try self.centre(tx)
      let state = EngineState(
        centre: centre, balances: try tx.balances(), caps: centre.caps(at: now),
        capUses: try tx.capUses(at: now), jobs: try tx.jobs(open),
        tasks: Dictionary(tasks) { first, _ in first }, runs: try tx.openRuns())
      var directives: [Directive] = []
      for row in try tx.query(.directives) { directives.append(try row.directive()) }
      let cursor = try tx.query(.recordCursor).onlyOrNone()?.text("cursor")
      let restored = try tx.query(.restoredAt).onlyOrNone()?.instant("restored_at")
      return Snapshot(
        now: now, state: state, directives: directives, recordCursor: cursor, restored: restored)
    }
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
    default: throw .decoding("column kind is no kind of a directive")
    }
  }
}

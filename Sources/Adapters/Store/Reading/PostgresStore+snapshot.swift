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
    let earlier = knownWork.withLock { $0 }
    // Before the transaction, so that it has at least those.
    let connections = counts.connects
    let (snapshot, work) = try await read { tx throws(PostgresError) in
      let rows = try tx.queries([
        (.now, []), (.centreVersion, []), (.balances, []), (.directives, []), (.recordCursor, []),
        (.restoredAt, []),
      ])
      let now = try rows[0].only().instant("now")
      let work = try tx.openWork(after: earlier, connections: connections)
      let centre = try self.centre(tx, version: try rows[1].only().int64("number"))
      let state = EngineState(
        centre: centre, balances: try rows[2].balances(), caps: centre.caps(at: now),
        capUses: try tx.capUses(at: now), jobs: work.jobs, tasks: work.tasks, runs: work.runs,
        order: try self.order(tx, centre, now: now))
      var directives: [Directive] = []
      for row in rows[3] { directives.append(try row.directive()) }
      let cursor = try rows[4].onlyOrNone()?.text("cursor")
      let restored = try rows[5].onlyOrNone()?.instant("restored_at")
      return (
        Snapshot(
          now: now, state: state, directives: directives, recordCursor: cursor,
          restored: restored),
        work
      )
    }
    // Of two at once either may stay: each is right about what it shows.
    knownWork.withLock { $0 = work }
    if work.isWhole { wholePictureCount.wrappingAdd(1, ordering: .relaxed) }
    if let seen = pruning.withLock({ $0.next(after: work) }) { await prune(before: seen) }
    return snapshot
  }

  /// Forgets what a picture shows. If that fails the next will do it.
  private func prune(before picture: String) async {
    _ = try? await pool.transaction { tx throws(PostgresError) in
      try tx.later(.commitAtEase)
      try tx.later(.raiseChangeFloor, [.text(picture)])
      try tx.later(.pruneChanges)
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
    case "signal": .signal(try runID(), try choice("signal"))
    case "end": .end(try runID())
    case "limit": .limit(try runID(), try seconds("limit_seconds"))
    default: throw .decoding("column kind is no kind of a directive")
    }
  }
}

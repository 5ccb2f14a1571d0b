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
    let connections = pool.counts.connects
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
    nodeStates: [AccessTimeFacts.NodeChange], weighings: [AccessTimeFacts.NodeWeighing]
  ) async throws(StoreError) {
    try await write { tx throws(PostgresError) in
      try tx.execute(.lockNodeChanges)
      let openFrom = try tx.query(.booksClock).only().openBooks().openFrom
      let nodes = Set(nodeStates.map(\.node)).sorted()
      var last: [NodeName: NodeStanding] = [:]
      for row in try tx.query(.lastNodeChanges, [.textArray(nodes.map(\.text))]) {
        last[try row.identifier("node")] = NodeStanding(
          at: try row.instant("at"), up: try row.bool("up"), gpus: try row.integer("gpus"),
          ownWeight: try row.optionalInt64("weight_thousandths"))
      }
      var new: [[Value]] = []
      for change in nodeStates {
        let due = last[change.node].map { $0.due(weighings, openFrom: openFrom) } ?? []
        for weighing in due {
          guard let standing = last[change.node], let weight = weighing.weights[change.node],
            let next = standing.weighed(weight, by: weighing, openFrom: openFrom, until: change)
          else { continue }
          last[change.node] = next
          new.append(next.values(of: change.node))
        }
        let standing = NodeStanding(change)
        if let before = last[change.node], before.saysTheSame(as: standing) { continue }
        last[change.node] = standing
        new.append(standing.values(of: change.node))
      }
      if new.isEmpty { return tx.abandon() }
      try tx.later(.addNodeChange, sets: new)
    }
  }
}

/// How a node was recorded last.
private struct NodeStanding {
  let at: Instant
  let up: Bool
  let gpus: Int
  /// In thousandths; nil if each GPU weighs one.
  let ownWeight: Int64?

  init(at: Instant, up: Bool, gpus: Int, ownWeight: Int64?) {
    self.at = at
    self.up = up
    self.gpus = gpus
    self.ownWeight = ownWeight
  }

  init(_ change: AccessTimeFacts.NodeChange) {
    self.init(
      at: change.at, up: change.up, gpus: change.gpus, ownWeight: change.ownWeight?.thousandths)
  }

  func saysTheSame(as other: Self) -> Bool {
    up == other.up && gpus == other.gpus && ownWeight == other.ownWeight
  }

  /// Of rates in order of time those that came into force after it was recorded. Of those before the
  /// books open only the last: it is the one that counts from there.
  func due(
    _ weighings: [AccessTimeFacts.NodeWeighing], openFrom: Instant?
  ) -> ArraySlice<AccessTimeFacts.NodeWeighing> {
    let later = weighings.drop { $0.at <= at }
    guard let openFrom, let told = later.lastIndex(where: { $0.at <= openFrom }) else {
      return later
    }
    return later[told...]
  }

  /// The same node, as rates that came into force before it was looked at again weigh it: from then
  /// on, or where the books open, since what was told of a closed month stays. Nil if that says
  /// nothing new, or if the node has other GPUs by now.
  func weighed(
    _ weight: Weight, by weighing: AccessTimeFacts.NodeWeighing, openFrom: Instant?,
    until change: AccessTimeFacts.NodeChange
  ) -> Self? {
    let from = max(weighing.at, openFrom ?? weighing.at)
    let next = NodeStanding(
      .init(node: change.node, at: from, up: up, gpus: gpus, weight: weight))
    return from > at && from <= change.at && gpus == change.gpus && !saysTheSame(as: next)
      ? next : nil
  }

  func values(of node: NodeName) -> [Value] {
    [.id(node), .instant(at), .bool(up), .integer(gpus), .optionalInt64(ownWeight)]
  }
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

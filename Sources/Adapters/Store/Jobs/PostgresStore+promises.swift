package import Domain
import Postgres
package import Scheduling
package import Services

/// Starts that are promised, and those that were.
extension PostgresStore {
  package func promises() async throws(StoreError) -> [PlannedReservation] {
    try await read { tx throws(PostgresError) in
      var promises: [PlannedReservation] = []
      for row in try tx.query(.promises) {
        promises.append(
          PlannedReservation(
            task: try row.taskID(),
            placement: Placement(
              nodes: try row.identifiers("nodes"), perNode: try row.perNode(),
              partition: try row.optionalIdentifier("partition")),
            allocation: try row.identifier("allocation"), hold: try row.amount("hold_gpu_ms"),
            start: try row.instant("starts_at"), end: try row.instant("ends_at")))
      }
      return promises
    }
  }

  package func keep(
    _ promises: [PlannedReservation], instead old: [PlannedReservation], late: [LateStart]
  ) async throws(StoreError) {
    let kept = Set(promises.map(\.task))
    let stored = Dictionary(old.map { ($0.task, $0) }) { first, _ in first }
    let gone = old.map(\.task).filter { !kept.contains($0) }
    let changed = promises.filter { stored[$0.task] != $0 }
    try await write { tx throws(PostgresError) in
      try tx.later(.dropPromise, sets: gone.map(\.key))
      try tx.later(.savePromise, sets: changed.map(\.values))
      try tx.later(.addLateStart, sets: late.map(\.values))
    }
  }

  package func lateStarts(of job: JobID) async throws(StoreError) -> [LateStart] {
    try await read { tx throws(PostgresError) in
      var late: [LateStart] = []
      for row in try tx.query(.lateStarts, [.int64(job.number)]) {
        late.append(
          LateStart(
            task: try row.taskID(), promised: try row.instant("promised_for"),
            expected: try row.optionalInstant("expected_for"),
            cause: LateCause(try row.choice("cause"), nodes: try row.identifiers("nodes")),
            at: try row.instant("found_at")))
      }
      return late
    }
  }
}

extension PlannedReservation {
  fileprivate var values: [Value] {
    task.key + [
      .text(allocation.text), .amount(hold), .instant(start), .instant(end),
      .textArray(placement.nodes.map(\.text)), .integer(placement.perNode.gpus),
      .integer(placement.perNode.cpus), .integer(placement.perNode.memoryMiB),
      .integer(placement.perNode.gpuThousandths), .optionalID(placement.partition),
    ]
  }
}

extension LateStart {
  fileprivate var values: [Value] {
    task.key + [
      .instant(promised), .optionalInstant(expected), .text(cause.kind.rawValue),
      .textArray(cause.nodes.map(\.text)), .instant(at),
    ]
  }
}

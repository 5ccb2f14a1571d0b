package import Domain
package import Engine
import Postgres
package import Scheduling
package import Services

/// Starts that are promised, and those that were.
extension PostgresStore {
  package func promises() async throws(StoreError) -> [KeptPromise] {
    try await read { tx throws(PostgresError) in
      var promises: [KeptPromise] = []
      for row in try tx.query(.promises) {
        let slot = PlannedReservation(
          task: try row.taskID(),
          placement: Placement(
            nodes: try row.identifiers("nodes"), perNode: try row.perNode(),
            partition: try row.optionalIdentifier("partition")),
          allocation: try row.identifier("allocation"), hold: try row.amount("hold_gpu_ms"),
          start: try row.instant("starts_at"), end: try row.instant("ends_at"))
        promises.append(KeptPromise(slot: slot, first: try row.instant("first_promised_for")))
      }
      return promises
    }
  }

  package func keep(
    _ promises: [KeptPromise], instead old: [KeptPromise], late: [LateStart]
  ) async throws(StoreError) {
    let kept = Set(promises.map(\.slot.task))
    let stored = Dictionary(old.map { ($0.slot.task, $0) }) { first, _ in first }
    let gone = old.map(\.slot.task).filter { !kept.contains($0) }
    let changed = promises.filter { stored[$0.slot.task] != $0 }
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

extension KeptPromise {
  fileprivate var values: [Value] {
    let placement = slot.placement
    return slot.task.key + [
      .text(slot.allocation.text), .amount(slot.hold), .instant(slot.start), .instant(slot.end),
      .textArray(placement.nodes.map(\.text)), .integer(placement.perNode.gpus),
      .integer(placement.perNode.cpus), .integer(placement.perNode.memoryMiB),
      .integer(placement.perNode.gpuThousandths), .optionalID(placement.partition), .instant(first),
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

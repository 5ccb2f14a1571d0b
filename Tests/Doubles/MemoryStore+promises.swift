package import Domain
package import Scheduling
package import Services

/// What was promised, and what was promised in vain.
struct KeptPromises {
  var now: [PlannedReservation] = []
  var late: [LateStart] = []
}

extension MemoryStore {
  package func promises() throws(StoreError) -> [PlannedReservation] {
    try reach()
    return kept.now.sorted { $0.task < $1.task }
  }

  package func keep(
    _ promises: [PlannedReservation], instead old: [PlannedReservation], late: [LateStart]
  ) throws(StoreError) {
    try reach()
    kept.now = promises
    kept.late += late
  }

  package func lateStarts(of job: JobID) throws(StoreError) -> [LateStart] {
    try reach()
    return kept.late.filter { $0.task.job == job }
  }
}

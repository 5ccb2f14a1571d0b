package import Domain
package import Engine
package import Scheduling
package import Services

/// What was promised, and what was promised in vain.
struct KeptPromises {
  var now: [KeptPromise] = []
  var late: [LateStart] = []
}

extension MemoryStore {
  package func promises() throws(StoreError) -> [KeptPromise] {
    try reach()
    return kept.now.sorted { $0.slot.task < $1.slot.task }
  }

  package func keep(
    _ promises: [KeptPromise], instead old: [KeptPromise], late: [LateStart]
  ) throws(StoreError) {
    try reach()
    kept.now = promises
    kept.late += late.filter { !kept.late.contains($0) }
  }

  package func lateStarts(of job: JobID) throws(StoreError) -> [LateStart] {
    try reach()
    return kept.late.filter { $0.task.job == job }
  }
}

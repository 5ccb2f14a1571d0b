import Domain
import Postgres

/// Reads and writes the classes of service.
extension Transaction {
  borrowing func describeQOSClasses(_ next: Centre, _ old: Centre) throws(PostgresError) {
    try later(
      .removeQOSClass,
      sets: old.qosClasses.keys.filter { next.qosClasses[$0] == nil }.sorted().map { [.id($0)] })
    let changed = next.qosClasses.values.filter { old.qosClasses[$0.id] != $0 }
    try later(.saveQOSClass, sets: changed.sorted { $0.id < $1.id }.map(\.columns))
  }

  borrowing func qosClasses() throws(PostgresError) -> [QOSName: QOSClass] {
    var classes: [QOSName: QOSClass] = [:]
    for row in try query(.qosClasses) {
      let id: QOSName = try row.identifier("id")
      var preemption: QOSClass.Preemption?
      if try row.bool("is_preemptable") {
        preemption = QOSClass.Preemption(
          signal: try row.choice("signal"), notice: try row.seconds("notice_seconds"))
      }
      var projects: Set<ProjectID>?
      if try row.bool("is_for_some") { projects = Set(try row.identifiers("projects")) }
      classes[id] = QOSClass(
        id: id, priority: try row.int64("priority_millionths"), preemption: preemption,
        promiseAhead: try row.optionalInt64("promise_ahead_seconds").map { Seconds($0) },
        projects: projects)
    }
    return classes
  }
}

extension QOSClass {
  /// The parameters of `save_qos_class.sql`.
  fileprivate var columns: [Value] {
    let given = preemption ?? Preemption()
    return [
      .id(id), .int64(priority), .bool(preemption != nil), .text(given.signal.rawValue),
      .seconds(given.notice), .bool(projects != nil),
      .textArray((projects ?? []).map(\.text).sorted()),
      .optionalInt64(promiseAhead?.count),
    ]
  }
}

import Domain
import Postgres

/// Reads and writes the description of licences.
extension Transaction {
  borrowing func describeLicences(_ next: Centre, _ old: Centre) throws(PostgresError) {
    let gone = old.licences.keys.filter { next.licences[$0] == nil }.sorted()
    try later(.removeLicence, sets: gone.map { [.id($0)] })
    let changed = next.licences.values.filter { old.licences[$0.id] != $0 }
    try later(
      .saveLicence,
      sets: changed.sorted { $0.id < $1.id }.map { [.id($0.id), .int64($0.count)] })
  }

  borrowing func licences() throws(PostgresError) -> [LicenceName: Licence] {
    var licences: [LicenceName: Licence] = [:]
    for row in try query(.licences) {
      let id: LicenceName = try row.identifier("id")
      licences[id] = Licence(id: id, count: try row.int64("count"))
    }
    return licences
  }
}

extension Row {
  /// What a job needs of licences.
  func licenceShares() throws(PostgresError) -> [LicenceShare] {
    let names: [LicenceName] = try identifiers("licences")
    let counts = try int64Array("licence_counts")
    guard names.count == counts.count else { throw .decoding("licences without counts") }
    return zip(names, counts).map { LicenceShare(name: $0, count: $1) }
  }
}

extension [LicenceShare] {
  /// The parameters of `accept_job.sql`.
  var columns: [Value] { [.textArray(map(\.name.text)), .int64Array(map(\.count))] }
}

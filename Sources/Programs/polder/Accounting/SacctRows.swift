import Wire

/// Which rows are shown of those that polderd told, and in what order. Pure.
enum SacctRows {
  static func chosen(_ rows: [AccountingRow], _ options: SacctOptions) -> [AccountingRow] {
    let wanted = rows.filter { isWanted($0, options) }
    return sorted(options.hasDuplicates ? wanted : latest(wanted))
  }

  /// Of rows under one id of Slurm's the last: requeued, or counted anew.
  private static func latest(_ rows: [AccountingRow]) -> [AccountingRow] {
    var last: [String: Int] = [:]
    for (place, row) in rows.enumerated() { last[key(row)] = place }
    return rows.enumerated().filter { last[key($0.element)] == $0.offset }.map(\.element)
  }

  private static func key(_ row: AccountingRow) -> String {
    // What waits of an array has the array's id, and is none of its tasks.
    if row.isArray {
      let indices = row.indices.map(String.init).joined(separator: ",")
      return "\(row.slurmJobID.map(String.init) ?? row.id)_\(indices)"
    }
    return (row.slurmRunID ?? row.slurmJobID).map(String.init) ?? row.id
  }

  /// By submission, array, task, id; what waits of an array behind its tasks.
  private static func sorted(_ rows: [AccountingRow]) -> [AccountingRow] {
    func order(_ row: AccountingRow) -> [Int64] {
      let isGroup = row.indices.count > 1
      return [
        row.submitted / 1000, row.slurmJobID ?? .max,
        row.isArray && !isGroup ? Int64(row.indices.first ?? 0) : .max, row.slurmRunID ?? .max,
      ]
    }
    return rows.map { (order($0), $0) }.enumerated()
      .sorted { left, right in
        let (first, second) = (left.element.0, right.element.0)
        return first == second
          ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
      }.map(\.element.1)
  }

  private static func isWanted(_ row: AccountingRow, _ options: SacctOptions) -> Bool {
    if !options.partitions.isEmpty {
      let partitions = row.partition.split(separator: ",").map(String.init)
      guard partitions.contains(where: options.partitions.contains) else { return false }
    }
    if !options.classes.isEmpty, !options.classes.contains(row.qos ?? "normal") { return false }
    if !options.nodes.isEmpty, !row.nodes.contains(where: options.nodes.contains) { return false }
    let given = row.allocated ?? row.asked
    if let count = options.nodeCount, !count.contains(given.nodes) { return false }
    if let count = options.cpuCount, !count.contains(given.cpus) { return false }
    return options.states.isEmpty
      || options.states.contains { isIn($0, row, options) }
  }

  /// In a state at some time of those that were asked for; ended in it within them.
  private static func isIn(_ state: String, _ row: AccountingRow, _ options: SacctOptions) -> Bool {
    let from = options.query.from ?? 0
    let before = options.query.before ?? .max
    switch state {
    case "PENDING":
      guard (row.eligible ?? row.submitted) < before else { return false }
      return (row.start ?? row.end ?? .max) > from
    case "RUNNING":
      guard let start = row.start, start < before else { return false }
      return (row.end ?? .max) > from
    default:
      guard SacctCells.state(of: row) == state, let end = row.end else { return false }
      return end >= from && end < before
    }
  }
}

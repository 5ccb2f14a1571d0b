import Domain
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// The latest first. A job that is named is given even if it has ended.
  package func sheets(_ filter: SheetFilter) async throws(StoreError) -> [JobSheet] {
    let columns: [Value] = [
      .optionalInt64(filter.job?.number),
      filter.projects.map { .textArray($0.sorted().map(\.text)) } ?? .null,
      .bool(filter.ended), .integer(max(filter.limit, 0)),
    ]
    return try await read { tx throws(PostgresError) in
      var ids: [JobID] = []
      for row in try tx.query(.listedJobs, columns) {
        ids.append(JobID(number: try row.int64("number")))
      }
      return try tx.sheets(ids)
    }
  }

  package func sheets(
    submittedAs slurmJobIDs: [Int64]
  ) async throws(StoreError) -> [JobSheet] {
    try await read { tx throws(PostgresError) in
      var ids: [JobID] = []
      for row in try tx.query(.jobsBySlurmID, [.int64Array(slurmJobIDs)]) {
        ids.append(JobID(number: try row.int64("number")))
      }
      return try tx.sheets(ids)
    }
  }
}

extension Transaction {
  /// In the order of the ids.
  borrowing func sheets(_ ids: [JobID]) throws(PostgresError) -> [JobSheet] {
    let jobs = try self.jobs(ids)
    var tasks: [JobID: [TaskRecord]] = [:]
    var causes: [JobID: [TaskID: String]] = [:]
    for (task, cause) in try self.tasks(of: ids) {
      tasks[task.id.job, default: []].append(task)
      if let cause { causes[task.id.job, default: [:]][task.id] = cause }
    }
    var runs: [JobID: [RunSheet]] = [:]
    for row in try self.query(.runs, [.jobs(ids)]) {
      let sheet = try row.runSheet()
      runs[sheet.run.id.task.job, default: []].append(sheet)
    }
    return ids.compactMap { id in
      jobs[id].map {
        JobSheet(
          job: $0, tasks: tasks[id] ?? [], runs: runs[id] ?? [], causes: causes[id] ?? [:])
      }
    }
  }
}

extension Row {
  fileprivate func runSheet() throws(PostgresError) -> RunSheet {
    let run = try run()
    return RunSheet(
      run: run, slurmJobID: try optionalInt64("slurm_job_id"), devices: try textArray("devices"),
      allocated: try allocated(), end: try runEnd(run), charged: try amount("charged_gpu_ms"),
      refunded: try amount("refunded_gpu_ms"))
  }

  private func allocated() throws(PostgresError) -> [NodeName: NodeResources] {
    var shares: [NodeName: NodeResources] = [:]
    for text in try textArray("allocated") {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard (4...5).contains(parts.count), let node = NodeName(String(parts[0])),
        let gpus = Int(parts[1]),
        let cpus = Int(parts[2]), let memoryMiB = Int(parts[3]),
        let thousandths = parts.count == 5 ? Int(parts[4]) : 0
      else { throw .encoding("'\(text)' is no share of a node") }
      shares[node] = NodeResources(
        gpus: gpus, cpus: cpus, memoryMiB: memoryMiB, gpuThousandths: thousandths)
    }
    return shares
  }

  private func runEnd(_ run: RunRecord) throws(PostgresError) -> RunEnd? {
    guard let end = try optionalInstant("ended_at") else { return nil }
    return RunEnd(
      start: run.started, end: end, outcome: try choice("outcome"),
      exitCode: try integer("exit_code"), signal: try integer("signal"),
      used: try amount("used_gpu_ms"), pastEnd: try amount("past_end_gpu_ms"),
      refund: try optionalChoice("refund_reason"),
      requeued: try bool("requeued"))
  }
}

package import Domain
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  package func accounting(_ filter: AccountingFilter) async throws(StoreError) -> [JobSheet] {
    let common: [Value] = [
      .optionalInstant(filter.before), .optionalTexts(filter.projects.map { $0.map(\.text) }),
      .optionalTexts(filter.members.map { $0.map(\.text) }), .optionalTexts(filter.names),
      .int64(filter.after?.number ?? 0), .integer(max(filter.limit, 0)),
    ]
    let (query, columns): (Query, [Value]) =
      switch filter.choice {
      case .openSince(let since): (.accountingSince, [.instant(since)] + common)
      case .named(let jobs, let slurmJobs):
        (.accountingNamed, [.jobs(jobs), .int64Array(slurmJobs)] + common)
      }
    return try await read { tx throws(PostgresError) in
      var ids: [JobID] = []
      for row in try tx.query(query, columns) {
        ids.append(JobID(number: try row.int64("number")))
      }
      var ended: [JobID: [TaskID: Instant]] = [:]
      for row in try tx.query(.taskEnds, [.jobs(ids)]) {
        let task = try row.taskID()
        ended[task.job, default: [:]][task] = try row.instant("ended_at")
      }
      return try tx.sheets(ids).map {
        JobSheet(
          job: $0.job, tasks: $0.tasks, runs: $0.runs, causes: $0.causes,
          ended: ended[$0.job.id] ?? [:])
      }
    }
  }

  package func folders(of jobs: [JobID]) async throws(StoreError) -> [JobID: JobFolder] {
    try await read { tx throws(PostgresError) in
      var folders: [JobID: JobFolder] = [:]
      for row in try tx.query(.jobFolders, [.jobs(jobs)]) {
        let folder = try row.text("working_directory")
        guard !folder.isEmpty else { continue }
        folders[JobID(number: try row.int64("job"))] = JobFolder(
          folder: folder, comment: try row.optionalText("comment"))
      }
      return folders
    }
  }
}

extension Value {
  /// Ascending, so that equal questions are equal.
  fileprivate static func optionalTexts(_ texts: [String]?) -> Value {
    texts.map { .textArray($0.sorted()) } ?? .null
  }
}

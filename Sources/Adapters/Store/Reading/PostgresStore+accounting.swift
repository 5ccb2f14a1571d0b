package import Domain
import Lifecycle
import Postgres
package import Services

extension PostgresStore {
  /// Of so many tasks that ended since, each part lists all anew, which is quick; of more it walks the
  /// jobs, so that all parts together look at each job once.
  private static let listed = 50_000

  package func accounting(_ filter: AccountingFilter) async throws(StoreError) -> [JobSheet] {
    let common: [Value] = [
      .optionalInstant(filter.before), .optionalTexts(filter.projects.map { $0.map(\.text) }),
      .optionalTexts(filter.members.map { $0.map(\.text) }), .optionalTexts(filter.names),
      .int64(filter.after?.number ?? 0), .integer(max(filter.limit, 0)),
    ]
    return try await read { tx throws(PostgresError) in
      let (query, columns): (Query, [Value])
      switch filter.choice {
      case .openSince(let since):
        let count = try tx.query(.endedSince, [.instant(since), .integer(Self.listed + 1)])
          .only().integer("count")
        query = count > Self.listed ? .accountingWalk : .accountingSince
        columns = [.instant(since)] + common
      case .named(let jobs, let slurmJobs):
        query = .accountingNamed
        columns = [.jobs(jobs), .int64Array(slurmJobs)] + common
      }
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

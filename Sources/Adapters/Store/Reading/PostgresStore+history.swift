import Domain
import Postgres
package import Services

extension PostgresStore {
  package func history(_ page: HistoryPage) async throws(StoreError) -> [JobSheet] {
    let columns: [Value] = [
      .instant(page.period.lowerBound), .instant(page.period.upperBound),
      .int64(page.after?.number ?? 0), .integer(max(page.limit, 0)),
    ]
    return try await read { tx throws(PostgresError) in
      var ids: [JobID] = []
      for row in try tx.query(.submittedJobs, columns) {
        ids.append(JobID(number: try row.int64("number")))
      }
      return try tx.sheets(ids)
    }
  }
}

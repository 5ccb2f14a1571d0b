import Domain
import Lifecycle
package import Wire

extension Front {
  /// Jobs in one answer.
  private static let historyPage = 2_000

  /// What has run of the jobs submitted on UTC days, both included, part by part: what a replay under
  /// another policy needs. Administrators and auditors; subjects are opaque.
  package func history(
    from: String?, to: String?, after: String?, _ caller: Caller
  ) async throws(Problem) -> HistoryView {
    try await requireOffice(
      caller, to: "read the history of all projects", .readReport, "history",
      instead: "see your own with `polder job list --all`")
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let period = try period(from: from, to: to, now: now)
    var last: JobID?
    if let after {
      guard let job = JobID(after) else {
        throw Problem(
          title: "No such job", status: 400, code: "invalid-job",
          detail: "'\(after)' is no job", nextStep: "give `next` of the part before")
      }
      last = job
    }
    let page = HistoryPage(period: period, after: last, limit: Self.historyPage)
    let centre = try await centre()
    let sheets = try await asked { () async throws(StoreError) in try await store.history(page) }
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    try await record(caller.line(.readReport, "history \(days)"))
    return HistoryView(
      runs: sheets.flatMap { HistoryRunView.all(of: $0, centre, grace: settings.grace) },
      next: sheets.count == page.limit ? sheets.last.map { "\($0.job.id)" } : nil)
  }
}

extension HistoryRunView {
  fileprivate static func all(
    of sheet: JobSheet, _ centre: Centre, grace: Seconds
  ) -> [HistoryRunView] {
    let request = sheet.job.request
    let first = max(sheet.job.submitted, request.notBefore ?? sheet.job.submitted)
    var since: [TaskID: Instant] = [:]
    return sheet.runs.compactMap { sheet -> HistoryRunView? in
      guard let end = sheet.end else { return nil }
      let run = sheet.run
      let submitted = since[run.id.task] ?? first
      since[run.id.task] = end.end
      guard let start = end.start else { return nil }
      let programme = centre.allocations[run.allocation]?.programme
      let funder = programme.flatMap { centre.programmes[$0]?.funder }
      return HistoryRunView(
        id: "\(run.id)", submitted: min(submitted, start).milliseconds,
        start: start.milliseconds, end: end.end.milliseconds,
        limitSeconds: max(run.reach.count - grace.count, 1), nodes: run.placement.nodes.count,
        gpusPerNode: run.placement.perNode.gpus, cpusPerNode: run.placement.perNode.cpus,
        memoryMiBPerNode: run.placement.perNode.memoryMiB, gpuType: request.gpuType ?? "",
        member: "\(request.member)", project: "\(request.project)",
        programme: programme.map { "\($0)" } ?? "",
        funder: funder.map { "\($0)" } ?? "")
    }
  }
}

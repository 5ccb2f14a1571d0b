import Domain
import Lifecycle
import Wire

/// What auditors see of jobs that are no project's of theirs: what was asked, where and when it ran and
/// what it cost. People stand in it by opaque id, as in reports; what members and Slurm put into words
/// (names, scripts, environments, paths, causes) does not.
extension Front {
  /// The job as an auditor sees it; nil if the caller sees it by right of a project or an office.
  /// The look is a line of the audit log.
  func auditedView(
    _ job: JobID, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) -> JobView? {
    guard caller.role == .auditor else { return nil }
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(SheetFilter(job: job, ended: true))
    }
    guard let sheet = sheets.first else { throw noSuchJob("\(job)") }
    let project = sheet.job.request.project
    guard !projects(of: caller, in: centre).contains(project) else { return nil }
    try await recordOnce(job, of: project, caller, centre)
    return audited(
      sheet, centre, board: await board.current(), caps: try await capPicture(centre))
  }

  func audited(
    _ sheet: JobSheet, _ centre: Centre, board: BoardState, caps: CapPicture
  ) -> JobView {
    // A cause can repeat what Slurm said of a path or a name.
    let plain = JobSheet(
      job: sheet.job, tasks: sheet.tasks, runs: sheet.runs, causes: [:], ended: sheet.ended)
    var view = JobView(
      plain, centre: centre, board: board, caps: caps, grace: settings.grace,
      wording: Wording(seesSums: true) { _ in true })
    view.name = ""
    view.owner = "\(sheet.job.request.member)"
    return view
  }

  /// Said to an auditor of a job that is not of a project of theirs, where its view is not enough.
  func forAuditors(_ job: JobID, _ caller: Caller) -> Problem {
    Problem(
      title: "Not allowed", status: 403, code: "not-allowed",
      detail: "\(caller.account) is an auditor and in no project that has a job \(job): auditors "
        + "read jobs, and neither change them nor ask what the queue makes of them",
      nextStep: "`polder job show \(job)` shows it, and `polder rate explain` what a run cost")
  }
}

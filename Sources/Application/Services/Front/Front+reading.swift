import Domain
import Ledger
import Lifecycle
import Reporting
package import Wire

extension Front {
  // MARK: Jobs

  /// The jobs of the caller's projects (all, for an administrator), the latest first.
  package func jobs(
    all: Bool, project: String?, _ caller: Caller
  ) async throws(Problem) -> [JobView] {
    let centre = try await centre()
    var projects = projects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(SheetFilter(projects: projects, ended: all))
    }
    try await record(
      .readJobs, project.map { "project \($0)" } ?? "projects", of: projects, caller, centre)
    let wording = wording(for: caller, centre, sheets)
    let state = await board.current()
    let caps = try await capPicture(centre)
    return sheets.map {
      JobView($0, centre: centre, board: state, caps: caps, grace: settings.grace, wording: wording)
    }
  }

  /// One job, by `P1042` or the id of one of its tasks.
  package func job(_ id: String, _ caller: Caller) async throws(Problem) -> JobView {
    let centre = try await centre()
    let task = try taskID(id, caller)
    var view = try await view(task.job, caller, centre)
    // Only who reads waits for a plan: a write, and slurmctld behind it, has its answer at once.
    if view.tasks.contains(where: { $0.state == "waiting" }) {
      view.priority = await priority(of: task.job, centre)
    }
    if let project = ProjectID(view.project) {
      try await recordOnce(task.job, of: project, caller, centre)
    }
    return view
  }

  /// Cancels a job or one task. Its owner, a PI or manager of its project, or an administrator.
  package func cancel(_ id: String, _ caller: Caller) async throws(Problem) -> JobView {
    let centre = try await centre()
    let task = try taskID(id, caller)
    let sheet = try await sheet(task.job, caller, centre)
    let role = caller.member.flatMap { centre.projects[sheet.job.request.project]?.role(of: $0) }
    let manages = role == .principalInvestigator || role == .manager
    let isOwn = sheet.job.request.member == caller.member
    guard caller.role == .administrator || isOwn || manages else {
      await attempt(caller.line(.cancel, task.object, .refused, detail: "not the owner's"))
      throw Problem(
        title: "Not your job", status: 403, code: "not-allowed",
        detail: "\(task.job) is another member's", nextStep: "ask its owner or your PI")
    }
    let tasks = sheet.tasks.map(\.id).filter { task.index == nil || $0 == task }
    guard !tasks.isEmpty else { throw noSuchJob(id) }
    let line = isOwn ? nil : caller.line(.cancel, task.object)
    let ended = try await asked { () async throws(StoreError) in
      try await store.cancel(
        tasks, because: isOwn || manages ? nil : .administrator, audit: line)
    }
    await board.wake()
    if ended.count == tasks.count {
      if !isOwn {
        try await record(caller.line(.cancel, task.object, .failed, detail: "already ended"))
      }
      throw Problem(
        title: "Already ended", status: 409, code: "already-ended",
        detail: "\(id) has ended; there is nothing to cancel")
    }
    return try await view(task.job, caller, centre)
  }

  func view(_ job: JobID, _ caller: Caller, _ centre: Centre) async throws(Problem) -> JobView {
    let sheet = try await sheet(job, caller, centre)
    let own = try await sheets(of: caller, centre)
    return JobView(
      sheet, centre: centre, board: await board.current(), caps: try await capPicture(centre),
      grace: settings.grace, wording: wording(for: caller, centre, own))
  }

  func sheets(of caller: Caller, _ centre: Centre) async throws(Problem) -> [JobSheet] {
    try await asked { () async throws(StoreError) in
      try await store.sheets(SheetFilter(projects: projects(of: caller, in: centre)))
    }
  }

  func sheet(
    _ job: JobID, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) -> JobSheet {
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(
        SheetFilter(job: job, projects: projects(of: caller, in: centre), ended: true))
    }
    guard let sheet = sheets.first else { throw noSuchJob("\(job)") }
    return sheet
  }

  func taskID(_ text: String, _ caller: Caller) throws(Problem) -> TaskID {
    guard let task = TaskID(text) else {
      throw Problem(
        title: "No job id", status: 400, code: "invalid-id",
        detail: "'\(text)' is no job id; they look like P1042 or P1042_3")
    }
    return task
  }

  /// Said alike of a job that does not exist and of one of other projects.
  private func noSuchJob(_ id: String) -> Problem {
    Problem(
      title: "No such job", status: 404, code: "unknown-job",
      detail: "there is no job \(id) in your projects",
      nextStep: "see your jobs with `polder job list --all`")
  }

  // MARK: Money

  /// The moments of which balances are asked, in either sense of time: instants or days in UTC.
  package struct BalanceMoments: Sendable {
    /// What was effective before; now if not said.
    package var asOf: String?
    /// What was recorded before; all that is known if not said.
    package var knownAt: String?

    package init(asOf: String? = nil, knownAt: String? = nil) {
      self.asOf = asOf
      self.knownAt = knownAt
    }
  }

  /// The standing of every allocation the caller may see, as of now or of other moments.
  package func balances(
    project: String?, at moments: BalanceMoments = BalanceMoments(), _ caller: Caller
  ) async throws(Problem) -> [BalanceView] {
    let (effective, recorded) = (try moment(moments.asOf), try moment(moments.knownAt))
    let centre = try await centre()
    var projects = readableProjects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    let (balances, now) = try await asked { () async throws(StoreError) in
      let now = try await store.now()
      guard effective != nil || recorded != nil else { return (try await store.balances(), now) }
      let then = try await store.balances(effectiveBefore: effective, recordedBefore: recorded)
      return (then, effective ?? recorded ?? now)
    }
    try await record(
      .readBalances, project.map { "project \($0)" } ?? "projects", of: projects, caller, centre)
    let shown = centre.allocations.values.filter { projects.contains($0.project) }
      .sorted { ($0.project, $0.id) < ($1.project, $1.id) }
    // What was expected at another moment would have to be asked of the centre as it was then.
    let isNow = effective == nil && recorded == nil
    let paces = isNow ? try await paces(of: shown, centre, now) : [:]
    return shown.map {
      var view = BalanceView($0, balances[$0.id] ?? Balance(), centre: centre, asOf: now)
      view.expected = paces[$0.id]?.expected.milliseconds
      return view
    }
  }

  func moment(_ text: String?) throws(Problem) -> Instant? {
    guard let text else { return nil }
    guard let moment = Instant(text) else {
      throw Problem(
        title: "No such moment", status: 400, code: "invalid-date",
        detail: "'\(text)' is no moment; write 2026-11-24 or 2026-11-24T12:00Z")
    }
    return moment
  }

  /// Every entry of a project, in order of posting.
  package func ledger(
    project: String, _ caller: Caller
  ) async throws(Problem) -> [EntryView] {
    let centre = try await centre()
    let project = try readableProject(project, caller, centre)
    let entries = try await asked { () async throws(StoreError) in
      try await store.entries(of: project.id)
    }
    try await record(.readLedger, "project \(project.id)", of: [project.id], caller, centre)
    return EntryView.statement(entries)
  }

  /// Access time by share over UTC days, both included; the current month so far if none is named.
  /// Administrators and auditors.
  package func accessTime(
    from: String?, to: String?, _ caller: Caller
  ) async throws(Problem) -> ReportView {
    try await requireOffice(
      caller, to: "read reports over all projects", .readReport, "access-time",
      instead: "see your own with `polder balance` and `polder ledger`")
    let now = try await asked { () async throws(StoreError) in try await store.now() }
    let period = try period(from: from, to: to, now: now)
    let facts = try await asked { () async throws(StoreError) in
      try await store.accessTimeFacts(period: period, system: settings.system)
    }
    let days = "\(CivilDate(period.lowerBound)) to \(CivilDate(period.upperBound - Seconds(1)))"
    try await record(caller.line(.readReport, "access-time \(days)"))
    return ReportView(AccessTimeReport(facts).report)
  }

  /// Whole UTC days, both included; the current month so far if none is named.
  func period(
    from: String?, to: String?, now: Instant
  ) throws(Problem) -> Range<Instant> {
    let today = CivilDate(now)
    let first =
      from.map { CivilDate($0) } ?? CivilDate(year: today.year, month: today.month, day: 1)
    let last = to.map { CivilDate($0) } ?? today
    guard let first, let last else {
      throw Problem(
        title: "No such day", status: 400, code: "invalid-date",
        detail: "'\(from ?? to ?? "")' is no day; write YYYY-MM-DD")
    }
    guard first <= last else {
      throw Problem(
        title: "Empty period", status: 400, code: "invalid-date",
        detail: "\(first) is after \(last)", nextStep: "name the earlier day first")
    }
    return first.start..<last.advanced(days: 1).start
  }
}

extension TaskID {
  /// As the audit log names it.
  fileprivate var object: String { index == nil ? "job \(job)" : "task \(self)" }
}

import Domain
import Ledger
import Lifecycle
package import Wire

extension Front {
  // MARK: Jobs

  /// The jobs of the caller's projects (all, for an administrator and, without names, for an
  /// auditor), the latest first.
  package func jobs(
    all: Bool, project: String?, _ caller: Caller
  ) async throws(Problem) -> [JobView] {
    let centre = try await centre()
    var projects = readableProjects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    let sheets = try await asked { () async throws(StoreError) in
      try await store.sheets(SheetFilter(projects: projects, ended: all))
    }
    try await record(
      .readJobs, project.map { "project \($0)" } ?? "projects", of: projects, caller, centre)
    let wording = wording(for: caller, centre, sheets)
    let named = self.projects(of: caller, in: centre)
    let state = await board.current()
    let caps = try await capPicture(centre)
    return sheets.map { sheet in
      guard named.contains(sheet.job.request.project) else {
        return audited(sheet, centre, board: state, caps: caps)
      }
      return JobView(
        sheet, centre: centre, board: state, caps: caps, grace: settings.grace, wording: wording)
    }
  }

  /// One job, by `P1042` or the id of one of its tasks; to an auditor without names.
  package func job(_ id: String, _ caller: Caller) async throws(Problem) -> JobView {
    let centre = try await centre()
    let task = try taskID(id, caller)
    if let audited = try await auditedView(task.job, caller, centre) { return audited }
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

  /// - Parameter isNew: accepted a moment ago: nothing is known yet of what is in front of it, so that
  ///   the caller's other jobs are not read.
  func view(
    _ job: JobID, _ caller: Caller, _ centre: Centre, isNew: Bool = false
  ) async throws(Problem) -> JobView {
    let sheet = try await sheet(job, caller, centre)
    let own = isNew ? [sheet] : try await sheets(of: caller, centre)
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
    guard let sheet = sheets.first else {
      let isOthers = try await asked { () async throws(StoreError) in
        caller.role == .auditor
          ? try await !store.sheets(SheetFilter(job: job, ended: true)).isEmpty : false
      }
      throw isOthers ? forAuditors(job, caller) : noSuchJob("\(job)")
    }
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
  func noSuchJob(_ id: String) -> Problem {
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
    for moment in [effective, recorded].compactMap(\.self) { try await requirePast(moment) }
    let centre = try await centre()
    var projects = readableProjects(of: caller, in: centre)
    if let project { projects = [try readableProject(project, caller, centre).id] }
    let shown = centre.allocations.values.filter { projects.contains($0.project) }
      .sorted { ($0.project, $0.id) < ($1.project, $1.id) }
    let ids = shown.map(\.id)
    let isNow = effective == nil && recorded == nil
    let (standing, balances) = try await asked { () async throws(StoreError) in
      let standing = try await store.awarded(in: ids)
      guard !isNow else { return (standing, standing.balances) }
      return (
        standing,
        try await store.balances(of: ids, effectiveBefore: effective, recordedBefore: recorded)
      )
    }
    let now = effective ?? recorded ?? standing.now
    try await record(
      .readBalances, project.map { "project \($0)" } ?? "projects", of: projects, caller, centre)
    // What was expected at another moment would have to be asked of the centre as it was then.
    let expected = isNow ? Self.expectations(of: shown, standing.awards, centre, now) : [:]
    return shown.map {
      var view = BalanceView(
        $0, balances[$0.id], centre: centre, asOf: now, known: recorded ?? standing.now)
      view.expected = expected[$0.id]?.milliseconds
      view.belated = standing.late[$0.id].map { "\($0)" }
      return view
    }
  }

  /// What will be effective or recorded later is not known: a balance of then would be made up.
  private func requirePast(_ moment: Instant) async throws(Problem) {
    let now = try await now()
    guard moment > now else { return }
    throw Problem(
      title: "In the future", status: 400, code: "invalid-date",
      detail: "\(moment) lies ahead (it is \(now)); the books know nothing of then",
      nextStep: "`polder pace` says how long an allocation lasts if use goes on as it did")
  }

  func moment(_ text: String?) throws(Problem) -> Instant? {
    guard let text else { return nil }
    guard let moment = Instant(text) else {
      throw Problem(
        title: "No such moment", status: 400, code: "invalid-date",
        detail: "'\(text)' is no moment",
        nextStep: "write a day or a moment in UTC: 2026-11-24 or 2026-11-24T12:00Z")
    }
    return moment
  }

  /// Which entries of a project; all of them without any of it.
  package struct LedgerPart: Sendable {
    /// Those of one allocation.
    package var allocation: String?
    /// Effective on days in UTC, `YYYY-MM-DD`, both included; nil for no bound.
    package var from: String?
    package var to: String?

    package init(allocation: String? = nil, from: String? = nil, to: String? = nil) {
      self.allocation = allocation
      self.from = from
      self.to = to
    }
  }

  /// The entries of a project, in order of posting, each with what was available after it and all
  /// before it, whether they are shown or not.
  package func ledger(
    project: String, part: LedgerPart = LedgerPart(), _ caller: Caller
  ) async throws(Problem) -> [EntryView] {
    let (from, to) = try await pastDays(from: part.from, to: part.to)
    let centre = try await centre()
    let project = try readableProject(project, caller, centre)
    let entries = try await asked { () async throws(StoreError) in
      try await store.entries(of: project.id)
    }
    if let allocation = part.allocation {
      // What has left the description has its entries still.
      let known = Set(entries.map(\.allocation) + centre.allocations(of: project.id).map(\.id))
      guard known.contains(where: { $0.text == allocation }) else {
        let near = Spelling.nearest(to: allocation, in: known.map(\.text).sorted())
        throw Problem(
          title: "No such allocation", status: 404, code: "unknown-allocation",
          detail: "\(project.id) has no allocation '\(allocation)'"
            + (near.map { "; do you mean \($0)?" } ?? ""), nextStep: "see `polder balance`")
      }
    }
    try await record(.readLedger, "project \(project.id)", of: [project.id], caller, centre)
    var statement = EntryStatement()
    let views = try await annotated(
      entries.map { ($0, statement.view(of: $0)) }, for: caller, centre)
    return views.filter { entry in
      (part.allocation.map { entry.allocation == $0 } ?? true)
        && (from.map { entry.effective >= $0.milliseconds } ?? true)
        && (to.map { entry.effective < $0.milliseconds } ?? true)
    }
  }

  /// Whole UTC days, both included, as a half-open time; nil for no bound.
  func days(
    from: String?, to: String?
  ) throws(Problem) -> (from: Instant?, to: Instant?) {
    let first = try day(from)
    let last = try day(to)
    if let first, let last, first > last {
      throw Problem(
        title: "Empty period", status: 400, code: "invalid-date",
        detail: "\(first) is after \(last)", nextStep: "name the earlier day first")
    }
    return (first?.start, last?.advanced(days: 1).start)
  }

  /// As ``days(from:to:)``, of what has begun: the books know nothing of days to come, and an empty
  /// answer would read as if nothing had been used. The last day may lie ahead.
  func pastDays(
    from: String?, to: String?
  ) async throws(Problem) -> (from: Instant?, to: Instant?) {
    let days = try days(from: from, to: to)
    if let first = days.from { try requireBegun(first, now: try await now()) }
    return days
  }

  func requireBegun(_ first: Instant, now: Instant) throws(Problem) {
    guard first > now else { return }
    throw Problem(
      title: "In the future", status: 400, code: "invalid-date",
      detail: "\(CivilDate(first)) lies ahead (it is \(now)); the books know nothing of then",
      nextStep:
        "name a first day that has begun; `polder pace` says how long an allocation lasts if "
        + "use goes on as it did")
  }
}

extension TaskID {
  /// As the audit log names it.
  fileprivate var object: String { index == nil ? "job \(job)" : "task \(self)" }
}

import Domain
import Ledger
import Lifecycle
package import Wire

extension Front {
  /// Jobs in one part of an export: each can have a script of megabytes.
  private static let exportPart = 50
  /// Lines of the audit log in an export.
  private static let exportLines = 10_000

  /// All that the books keep of a person, in parts: one's own for everyone, others' for
  /// administrators. Each part is a line of the audit log: whoever asks for a later one alone reads no
  /// less.
  package func export(
    member: String?, after: String?, _ caller: Caller
  ) async throws(Problem) -> SubjectExport {
    guard let text = member ?? caller.member?.text else { throw noMember(caller) }
    let isOwn = text == caller.member?.text
    let centre = try await centre()
    if !isOwn {
      try await requireAdministrator(
        caller, to: "export what is kept of others", .exportSubject, object(text, centre))
    }
    let id = try memberID(text)
    let start = try after.map { text throws(Problem) in try jobID(text) }
    let (found, links) = try await asked { () async throws(StoreError) in
      (
        try await store.jobs(of: id, after: start, limit: Self.exportPart),
        start == nil
          ? try await store.auditLines(AuditFilter(subject: id, limit: Self.exportLines + 1)) : []
      )
    }
    let person = centre.members[id]
    // Of one that was erased jobs or lines are left; an empty document would say that nothing is.
    guard isOwn || person != nil || start != nil || !found.isEmpty || !links.isEmpty else {
      await attempt(
        caller.line(.exportSubject, object(text, centre), .failed, detail: "unknown-member"))
      throw unknownMember(id)
    }
    let part = start.map { "what comes after \($0)" } ?? ""
    try await record(caller.line(.exportSubject, "member \(id)", detail: part))
    return SubjectExport(
      member: id.text, account: person?.account, name: person?.name,
      memberships: centre.projects.values.sorted { $0.id < $1.id }.compactMap { project in
        project.role(of: id).map { .init(project: project.id.text, role: $0.rawValue) }
      },
      rules: rules(of: id, centre),
      jobs: found.map { job in
        SubjectExport.Job(
          job: JobView(
            job.sheet, centre: centre, board: BoardState(), grace: settings.grace,
            wording: Wording { _ in false }),
          payload: job.payload.map(SubjectExport.Payload.init))
      },
      auditLines: links.prefix(Self.exportLines).map(AuditLineView.init),
      hasOlderAuditLines: links.count > Self.exportLines,
      next: found.count == Self.exportPart ? found.last.map { "\($0.sheet.job.id)" } : nil)
  }

  /// What the description says of a member alone.
  private func rules(of member: MemberID, _ centre: Centre) -> [SubjectExport.Rule] {
    func isOf(_ scope: CapScope?) -> Bool {
      if case .member(member, _) = scope { true } else { false }
    }
    let caps = centre.capRules.values.filter { isOf($0.scope) }.map(\.id.text).sorted()
    let limits = centre.limitRules.values.filter { isOf($0.scope) }.map(\.id.text).sorted()
    return caps.map { SubjectExport.Rule(kind: "cap", id: $0) }
      + limits.map { SubjectExport.Rule(kind: "limit", id: $0) }
      + (centre.order.shares.members[member].map { [.init(kind: "shares", id: "\($0)")] } ?? [])
  }

  /// Erases what names a member, for ever. Administrators only. Sums and entries stay.
  package func erase(member: String, _ caller: Caller) async throws(Problem) -> ErasureView {
    let centre = try await centre()
    let object = object(member, centre)
    try await requireAdministrator(caller, to: "erase a person", .eraseSubject, object)
    let id = try memberID(member)
    let before = try await erased(id, centre)
    let line = caller.line(
      .eraseSubject, "member \(id)", detail: before.map { "again: was erased at \($0)" } ?? "")
    let erasure = try await asked { () async throws(StoreError) in
      try await store.erase(id, audit: line)
    }
    let problem: Problem
    switch erasure {
    case .done(let names, let payloads, let notes):
      return ErasureView(
        member: id.text, jobNames: names, payloads: payloads, notes: notes > 0 ? notes : nil,
        before: before?.milliseconds)
    case .unknown:
      problem = unknownMember(id)
    case .hasOpenJobs(let jobs):
      let list = jobs.map { "\($0)" }.joined(separator: ", ")
      problem = Problem(
        title: "Jobs have not ended", status: 409, code: "open-jobs",
        detail: "\(id) has \(list)\(jobs.count == 10 ? " and perhaps more" : "")",
        nextStep:
          "wait for them, or cancel them: polder job cancel \(jobs.first.map { "\($0)" } ?? "")")
    case .inProjects(let projects):
      problem = Problem(
        title: "Still a member", status: 409, code: "still-a-member",
        detail: "\(id) belongs to \(projects.map(\.text).joined(separator: ", "))",
        nextStep: "take the member out of those projects and out of the description, and apply it")
    }
    await attempt(caller.line(.eraseSubject, object, .failed, detail: problem.code))
    throw problem
  }

  /// Erases the note of one act by hand, for ever. Administrators only. The entries stay.
  ///
  /// - Parameter entry: any entry of the act, as `polder ledger` shows it.
  package func eraseNote(entry text: String, _ caller: Caller) async throws(Problem)
    -> NoteErasureView
  {
    let id = EntryID(text)
    let entry = try await asked { () async throws(StoreError) in try await store.standing([id]) }
      .first { $0.id == id }
    // What was typed is repeated only where it is an entry, since it may be a name.
    let object = entry.map { "note of \($0.act ?? $0.id)" } ?? "note of an unknown entry"
    try await requireAdministrator(caller, to: "erase a note", .eraseNote, object)
    let problem: Problem
    if let entry {
      let act = entry.act ?? entry.id
      let isErased = try await asked { () async throws(StoreError) in
        try await store.eraseNote(of: act, audit: caller.line(.eraseNote, object))
      }
      if isErased { return NoteErasureView(act: act.text) }
      problem = Problem(
        title: "No note", status: 404, code: "no-note", detail: "no note stands with \(act)",
        nextStep: "notes stand with transfers, refunds and adjustments by hand: polder ledger --all"
      )
    } else {
      problem = Problem(
        title: "No such entry", status: 404, code: "unknown-entry",
        detail: "the books have no entry '\(text)'",
        nextStep: "polder ledger --all shows the entries with their ids")
    }
    await attempt(caller.line(.eraseNote, object, .failed, detail: problem.code))
    throw problem
  }

  /// When what names a member was erased, by the audit log; nil if it never was, or if a description
  /// has brought the member back.
  private func erased(_ id: MemberID, _ centre: Centre) async throws(Problem) -> Instant? {
    guard centre.members[id] == nil else { return nil }
    let filter = AuditFilter(action: AuditAction.eraseSubject.rawValue, subject: id, limit: 1_000)
    let links = try await asked { () async throws(StoreError) in
      try await store.auditLines(filter)
    }
    // The last first: who erased it is who erased it first.
    return links.last { $0.line.result == .done && $0.line.object == "member \(id)" }?.at
  }

  /// What is personal, how long it is kept and how much of it is due. Administrators and auditors.
  package func retention(_ caller: Caller) async throws(Problem) -> [RetentionView] {
    guard caller.role == .administrator || caller.role == .auditor else {
      throw Problem(
        title: "Not allowed", status: 403, code: "not-allowed",
        detail: "\(caller.account) may not see what is due to be erased",
        nextStep: "docs/privacy.md says how long what is kept")
    }
    let policy = settings.retention
    let due = try await asked { () async throws(StoreError) in
      try await store.retentionDue(policy)
    }
    let byPass = "after the end of the job; erased by the hourly pass"
    return [
      RetentionView(
        category: "payloads", what: "scripts and environments", seconds: policy.payloads?.count,
        due: due.payloads, rule: byPass),
      RetentionView(
        category: "paths", what: "working directories, standard files, comments",
        seconds: policy.paths?.count, due: due.paths, rule: byPass),
      RetentionView(
        category: "jobNames", what: "names of jobs", seconds: policy.jobNames?.count,
        due: due.jobNames, rule: byPass),
      RetentionView(
        category: "receipts", what: "ids of writes, of no person", seconds: 3600, due: nil,
        rule: "after the write"),
      RetentionView(
        category: "persons", what: "account and name", seconds: nil, due: nil,
        rule: "until erased: polder privacy erase"),
      RetentionView(
        category: "books", what: "entries, runs and sums, by opaque ids", seconds: nil, due: nil,
        rule: "never erased; seven years at least"),
      RetentionView(
        category: "placement", what: "nodes of runs, wishes for nodes, Slurm's words of ends",
        seconds: nil, due: nil, rule: "never erased; as the books"),
      RetentionView(
        category: "notes", what: "what was written with acts by hand",
        seconds: policy.notes?.count, due: due.notes,
        rule: "after the act; erased by the hourly pass, and with a member whom it names"),
      RetentionView(
        category: "auditLog", what: "acts and sensitive reads, by opaque ids", seconds: nil,
        due: nil, rule: "never erased; seven years at least"),
      RetentionView(
        category: "record", what: "slurmctld's own file of ended runs", seconds: nil, due: nil,
        rule: "the site's: logrotate on JobCompLoc"),
    ]
  }

  /// What a line of the audit log calls a member: what was typed is repeated only where it is the id
  /// of one, since it may be a name.
  private func object(_ typed: String, _ centre: Centre) -> String {
    MemberID(typed).flatMap { centre.members[$0] } == nil ? "member unknown" : "member \(typed)"
  }

  private func unknownMember(_ id: MemberID) -> Problem {
    Problem(
      title: "No such member", status: 404, code: "unknown-member",
      detail: "the books know no member '\(id)'",
      nextStep: "members are named by their opaque id, as in the description")
  }

  private func memberID(_ text: String) throws(Problem) -> MemberID {
    guard let id = MemberID(text) else {
      throw Problem(
        title: "No member's id", status: 400, code: "invalid-id",
        detail: "'\(text)' is no id of a member")
    }
    return id
  }

  private func jobID(_ text: String) throws(Problem) -> JobID {
    guard let task = TaskID(text) else {
      throw Problem(
        title: "No job id", status: 400, code: "invalid-id", detail: "'\(text)' is no job id")
    }
    return task.job
  }
}

extension SubjectExport.Payload {
  fileprivate init(_ payload: JobPayload) {
    self.init(
      script: payload.script, environment: payload.environment,
      workingDirectory: payload.workingDirectory, standardOutput: payload.standardOutput,
      standardError: payload.standardError, standardInput: payload.standardInput,
      comment: payload.comment)
  }
}

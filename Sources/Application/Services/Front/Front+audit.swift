import Domain
package import Wire

extension Front {
  // MARK: Writing

  /// Writes a line, or refuses what it stands for.
  func record(_ line: AuditLine) async throws(Problem) {
    try await asked { () async throws(StoreError) in try await store.record(audit: [line]) }
  }

  /// Writes a line if the store can: of something that is refused or failed anyway.
  func attempt(_ line: AuditLine) async {
    do throws(StoreError) {
      try await store.record(audit: [line])
    } catch {
      // Nothing was done or told; a store that is away can't be written to.
    }
  }

  /// Writes the line of a read by someone in office of projects that are not the caller's own.
  /// Members who read their own are not watched.
  func record(
    _ action: AuditAction, _ object: String, of projects: Set<ProjectID>, _ caller: Caller,
    _ centre: Centre
  ) async throws(Problem) {
    guard caller.role == .administrator || caller.role == .auditor else { return }
    let isOwn = projects.allSatisfy { project in
      caller.member.flatMap { centre.projects[project]?.role(of: $0) } != nil
    }
    if !isOwn { try await record(caller.line(action, object)) }
  }

  /// As ``record(_:_:of:_:_:)`` of one job, where a line stands for all looks within ten minutes.
  func recordOnce(
    _ job: JobID, of project: ProjectID, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) {
    try await recordOnce(caller.line(.readJobs, "job \(job)"), of: [project], caller, centre)
  }

  /// The same of a read that is likely to be repeated, of jobs of projects.
  func recordOnce(
    _ line: AuditLine, of projects: Set<ProjectID>, _ caller: Caller, _ centre: Centre
  ) async throws(Problem) {
    let now = try await now()
    if await reads.covers(line, now: now) { return }
    try await record(line.action, line.object, of: projects, caller, centre)
    await reads.wrote(line, now: now)
  }

  /// Refuses all but administrators and auditors; the attempt is a line of the audit log.
  func requireOffice(
    _ caller: Caller, to act: String, _ action: AuditAction, _ object: String,
    instead nextStep: String = "ask an auditor or an administrator of the centre"
  ) async throws(Problem) {
    guard caller.role == .administrator || caller.role == .auditor else {
      await attempt(caller.line(action, object, .refused, detail: "neither in office"))
      throw Problem(
        title: "Not allowed", status: 403, code: "not-allowed",
        detail: "\(caller.account) may not \(act)", nextStep: nextStep)
    }
  }

  // MARK: Reading

  /// What a reader wants of the audit log.
  package struct AuditQuestion: Sendable {
    /// Days in UTC, `YYYY-MM-DD`, both included.
    package var from: String?
    package var to: String?
    package var actor: String?
    package var action: String?
    /// 100 if not said; 1 to 10,000.
    package var limit: String?

    package init(
      from: String? = nil, to: String? = nil, actor: String? = nil, action: String? = nil,
      limit: String? = nil
    ) {
      self.from = from
      self.to = to
      self.actor = actor
      self.action = action
      self.limit = limit
    }
  }

  /// The latest lines of the audit log, the last first. Administrators and auditors; the read is
  /// itself a line, of which the answer does not tell yet.
  package func auditLines(
    _ question: AuditQuestion, _ caller: Caller
  ) async throws(Problem) -> [AuditLineView] {
    try await requireOffice(caller, to: "read the audit log", .readAudit, "audit log")
    var filter = AuditFilter(
      from: try day(question.from)?.start, to: try day(question.to)?.advanced(days: 1).start,
      actor: question.actor, action: question.action)
    if let action = question.action, !AuditAction.known.contains(where: { $0.rawValue == action }) {
      let names = AuditAction.known.map(\.rawValue)
      let near = Spelling.nearest(to: action, in: names)
      throw Problem(
        title: "No such action", status: 400, code: "unknown-action",
        detail: AuditAction.otherWords[action].map {
          "lines of '\(action)' stand under the action \($0.rawValue)"
        } ?? "no line is ever written of '\(action)'"
          + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: "actions: \(names.joined(separator: ", "))")
    }
    if let limit = question.limit {
      guard let count = Int(limit), (1...10_000).contains(count) else {
        throw Problem(
          title: "No such limit", status: 400, code: "invalid",
          detail: "limit=\(limit): 1 to 10000 lines are given")
      }
      filter.limit = count
    }
    let asked = filter
    let links = try await self.asked { () async throws(StoreError) in
      try await store.takeDatabaseReads()
      return try await store.auditLines(asked)
    }
    try await record(caller.line(.readAudit, "audit log", detail: counted(links.count, "line")))
    if links.isEmpty, let actor = question.actor { try requireSubject(actor, try await centre()) }
    return links.map(AuditLineView.init)
  }

  /// Refuses what no line is ever written of: an account or a name.
  private func requireSubject(_ actor: String, _ centre: Centre) throws(Problem) {
    let number = actor.hasPrefix("uid-") ? UInt32(actor.dropFirst(4)) : nil
    let isMember = actor.hasPrefix("m-") || MemberID(actor).flatMap { centre.members[$0] } != nil
    let isLogin = actor.hasPrefix("login ")
    guard number == nil, !isMember, !isLogin, actor != "polderd" else { return }
    throw Problem(
      title: "No such actor", status: 400, code: "invalid",
      detail: "no line is written of '\(actor)': people are told by opaque id",
      nextStep: "name a member's id (m-…), uid-N of an account that is no member's, polderd, or "
        + "'login NAME' of the database, as `polder audit list` tells actors")
  }

  /// A day of a question; nil for none.
  func day(_ text: String?) throws(Problem) -> CivilDate? {
    guard let text else { return nil }
    guard let day = CivilDate(text) else {
      throw Problem(
        title: "No such day", status: 400, code: "invalid-date",
        detail: "'\(text)' is no day; write YYYY-MM-DD")
    }
    return day
  }

  /// Where the chain ends, to be kept outside. Administrators and auditors.
  package func auditHead(_ caller: Caller) async throws(Problem) -> AuditHeadView {
    try await requireOffice(caller, to: "read the audit log", .readAudit, "audit head")
    let standing = try await asked { () async throws(StoreError) in
      try await store.takeDatabaseReads()
      return try await store.auditStanding()
    }
    return AuditHeadView(standing.head)
  }

  /// Recomputes the chain from its first line. Administrators and auditors; told in the log.
  ///
  /// - Parameter expected: a head that was kept outside, `SEQ:HASH`.
  package func verifyAudit(
    expected: String?, _ caller: Caller
  ) async throws(Problem) -> AuditCheckView {
    try await requireOffice(caller, to: "verify the audit log", .verifyAudit, "audit log")
    let head = expected.map { AuditHead($0) }
    if let expected, head == .some(nil) {
      throw Problem(
        title: "No head", status: 400, code: "invalid",
        detail: "'\(expected)' is no SEQ:HASH",
        nextStep: "it looks as `polder audit head` prints it")
    }
    let known = head ?? nil
    let verification = try await asked { () async throws(StoreError) in
      do throws(StoreError) {
        _ = try await store.takeDatabaseReads()
      } catch {
        // A damaged log takes nothing more, and is verified all the same.
        guard case .broken = error else { throw error }
      }
      return try await store.verifyAudit(expected: known)
    }
    var view = AuditCheckView(verification)
    if let known, verification.finding != nil {
      view.finding?.restore = try await restore(atMost: known.seq)
    }
    try await record(
      caller.line(
        .verifyAudit, "audit log", verification.finding == nil ? .done : .failed,
        detail: view.finding?.text ?? "\(view.lines) lines are sound"))
    return view
  }
  /// The last line up to a number that says that a backup was restored.
  private func restore(atMost seq: Int64) async throws(Problem) -> Int64? {
    let filter = AuditFilter(action: AuditAction.restore.rawValue, limit: 1_000)
    let links = try await asked { () async throws(StoreError) in
      try await store.auditLines(filter)
    }
    return links.first { $0.seq <= seq && $0.line.result == .done }?.seq
  }
}

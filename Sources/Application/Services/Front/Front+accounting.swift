import Domain
import Engine
import Lifecycle
import Scheduling
package import Wire

extension Front {
  /// Jobs in one answer.
  static let accountingPage = 1_000
  /// Ids in one question.
  private static let mostNamed = 10_000

  /// What `sacct` would tell of jobs, part by part. A member sees the jobs of own projects, by
  /// default its own; administrators and auditors all, auditors with opaque ids in the place of people
  /// but for projects of their own. Folders and comments are told to a job's member and to
  /// administrators.
  package func accounting(
    _ query: AccountingQuery, _ caller: Caller
  ) async throws(Problem) -> AccountingView {
    let centre = try await centre()
    let projects = try accountingProjects(query, caller, centre)
    let subjects = try Self.named(query.jobs)
    guard caller.role != .auditor || query.names.isEmpty else {
      throw Problem(
        title: "Not told", status: 403, code: "not-allowed",
        detail: "what jobs are called is not told to auditors",
        nextStep: "leave --name out, and name jobs by their ids")
    }
    let filter = AccountingFilter(
      choice: query.jobs.isEmpty
        ? .openSince(Instant(milliseconds: query.from ?? 0))
        : .named(jobs: subjects.jobs, slurmJobs: subjects.slurmJobs),
      before: query.before.map { Instant(milliseconds: $0) }, projects: projects,
      members: try members(query, caller, centre),
      names: query.names.isEmpty ? nil : query.names, after: try job(after: query.after),
      limit: Self.accountingPage)
    let sheets = try await asked { () async throws(StoreError) in
      try await store.accounting(filter)
    }
    // Of each page: one of many is the same line, and none is read without one.
    try await recordOnce(
      caller.line(.readJobs, "accounting"), of: projects ?? Set(centre.projects.keys), caller,
      centre)
    let state = await board.current()
    let people = people(of: sheets, centre)
    let named = namedProjects(of: caller, centre)
    var rows = sheets.flatMap { sheet in
      let request = sheet.job.request
      let person = named.contains(request.project) ? people[request.member] : nil
      let all = AccountingRows(
        sheet, centre, person ?? .init(name: "\(request.member)"), state.plan
      ).rows
      return named.contains(request.project) ? all : all.map(\.withoutName)
    }
    rows = rows.filter { Self.isAsked($0, query, subjects) }
    if query.wantsFolders { try await addFolders(to: &rows, sheets, caller) }
    if query.wantsPriority { await addPriorities(to: &rows) }
    return AccountingView(
      rows: rows, next: sheets.count == filter.limit ? sheets.last.map { "\($0.job.id)" } : nil,
      cluster: state.cluster)
  }

  // MARK: What is asked

  /// Nil for all.
  private func accountingProjects(
    _ query: AccountingQuery, _ caller: Caller, _ centre: Centre
  ) throws(Problem) -> Set<ProjectID>? {
    let readable = readableProjects(of: caller, in: centre)
    if query.projects.isEmpty {
      let isInOffice = caller.role == .administrator || caller.role == .auditor
      return isInOffice ? nil : readable
    }
    // As sacct: of a project that is not there, or not the caller's, there are no jobs.
    return Set(query.projects.compactMap { ProjectID($0) }).intersection(readable)
  }

  /// Projects whose people the caller knows by name: an auditor reads figures and no names.
  private func namedProjects(of caller: Caller, _ centre: Centre) -> Set<ProjectID> {
    caller.role == .administrator
      ? Set(centre.projects.keys) : projects(of: caller, in: centre)
  }

  /// Nil for everybody. An auditor names others by the opaque ids that are told, so that asking for
  /// an account does not tell whose id is whose.
  private func members(
    _ query: AccountingQuery, _ caller: Caller, _ centre: Centre
  ) throws(Problem) -> Set<MemberID>? {
    if query.users.isEmpty {
      return query.everyone ? nil : Set([caller.member].compactMap { $0 })
    }
    var members: Set<MemberID> = []
    for user in query.users {
      let account = UInt32(user).flatMap { accounts.name(of: $0) } ?? user
      if caller.role == .auditor, account != caller.account {
        members.insert(try member(opaque: user, centre))
      } else if let member = centre.member(account: account) {
        members.insert(member.id)
      } else if accounts.ids(of: account) == nil {
        throw Problem(
          title: "No such user", status: 400, code: "unknown-user",
          detail: "Invalid user id: \(user)")
      }
    }
    return members
  }

  private func member(
    opaque user: String, _ centre: Centre
  ) throws(Problem) -> MemberID {
    guard let id = MemberID(user), centre.members[id] != nil else {
      throw Problem(
        title: "No such user", status: 400, code: "unknown-user",
        detail: "Invalid user id: \(user)",
        nextStep: "an auditor names people by the opaque ids that are told")
    }
    return id
  }

  private func job(after text: String?) throws(Problem) -> JobID? {
    guard let text else { return nil }
    guard let job = JobID(text) else {
      throw Problem(
        title: "No such job", status: 400, code: "invalid-job", detail: "'\(text)' is no job",
        nextStep: "give `next` of the part before")
    }
    return job
  }

  /// Ids as they are named: whole jobs, and single tasks.
  private struct Named {
    var jobs: [JobID] = []
    var slurmJobs: [Int64] = []
    var tasks: Set<TaskID> = []
    var slurmTasks: Set<SlurmTask> = []
  }

  private struct SlurmTask: Hashable {
    let job: Int64
    /// Nil for all of a job.
    let index: Int?
  }

  private static func named(_ texts: [String]) throws(Problem) -> Named {
    guard texts.count <= mostNamed else {
      throw Problem(
        title: "Too many jobs", status: 400, code: "invalid",
        detail: "\(texts.count) jobs are named; at most \(mostNamed) are told at once")
    }
    var named = Named()
    for text in texts {
      if let task = TaskID(text) {
        named.tasks.insert(task)
        named.jobs.append(task.job)
        continue
      }
      let parts = text.split(separator: "_", omittingEmptySubsequences: false)
      guard parts.count <= 2, let id = Int64(parts[0]), id > 0,
        let index = parts.count == 2 ? Int(parts[1]) : -1
      else {
        throw Problem(
          title: "No job id", status: 400, code: "invalid-id",
          detail: "'\(text)' is no job id; they look like P12, P12_3, 4711 or 4711_3")
      }
      named.slurmJobs.append(id)
      named.slurmTasks.insert(SlurmTask(job: id, index: parts.count == 2 ? index : nil))
    }
    named.jobs = Set(named.jobs).sorted()
    named.slurmJobs = Set(named.slurmJobs).sorted()
    return named
  }

  private static func isAsked(
    _ row: AccountingRow, _ query: AccountingQuery, _ named: Named
  ) -> Bool {
    if let from = query.from, let end = row.end, end < from { return false }
    if query.jobs.isEmpty {
      if let before = query.before, (row.eligible ?? before) >= before { return false }
      return true
    }
    guard let task = TaskID(row.id) else { return false }
    let indices: [Int?] = [nil] + row.indices.map { $0 }
    if indices.contains(where: { named.tasks.contains(TaskID(job: task.job, index: $0)) }) {
      return true
    }
    if let run = row.slurmRunID, named.slurmTasks.contains(SlurmTask(job: run, index: nil)) {
      return true
    }
    guard let id = row.slurmJobID else { return false }
    return indices.contains { named.slurmTasks.contains(SlurmTask(job: id, index: $0)) }
  }

  // MARK: What is told besides

  private func people(
    of sheets: [JobSheet], _ centre: Centre
  ) -> [MemberID: AccountingRows.Person] {
    var people: [MemberID: AccountingRows.Person] = [:]
    for member in Set(sheets.map(\.job.request.member)) {
      guard let account = centre.members[member]?.account else { continue }
      let ids = accounts.ids(of: account)
      people[member] = AccountingRows.Person(
        name: account, uid: ids?.uid, gid: ids?.gid,
        group: ids.flatMap { accounts.group(of: $0.gid) })
    }
    return people
  }

  private func addFolders(
    to rows: inout [AccountingRow], _ sheets: [JobSheet], _ caller: Caller
  ) async throws(Problem) {
    let own = sheets.filter {
      caller.role == .administrator || $0.job.request.member == caller.member
    }.map(\.job.id)
    let folders = try await asked { () async throws(StoreError) in
      try await store.folders(of: own)
    }
    for index in rows.indices {
      let folder = TaskID(rows[index].id).flatMap { folders[$0.job] }
      rows[index].folder = folder?.folder
      rows[index].comment = folder?.comment
    }
  }

  private func addPriorities(to rows: inout [AccountingRow]) async {
    guard rows.contains(where: { $0.state == "waiting" }),
      let queue = await board.priorities()
    else { return }
    var priorities: [JobID: Int64] = [:]
    // In whole points.
    for job in queue.jobs {
      priorities[job.record.id] = job.explanation.map { $0.priority / 1_000_000 }
    }
    for index in rows.indices where rows[index].state == "waiting" {
      rows[index].priority = TaskID(rows[index].id).flatMap { priorities[$0.job] }
    }
  }
}

extension AccountingRow {
  /// What a member called it may be anything.
  fileprivate var withoutName: AccountingRow {
    var row = self
    row.name = ""
    return row
  }
}

package import Domain
import Engine
import Ledger
import Lifecycle
import Scheduling
package import Wire

/// The use cases behind every way in: who may do what, and what they are shown.
///
/// Each function is refused by default: it names who may. A refusal or a fault is a `Problem` with
/// its numbers and the next step. A member sees the jobs, balances and ledgers of own projects only;
/// an auditor reads all balances, ledgers and reports; an administrator sees everything.
package struct Front: Sendable {
  let store: any Store
  let board: any Board
  let accounts: any Accounts
  let roles: Roles
  let settings: Settings
  /// Nil where reports are not sealed.
  let sealing: Sealing?
  private(set) var reads = RecentReads()

  /// The site's settings that use cases need.
  package struct Settings: Sendable {
    /// The system's name in reports.
    package let system: String
    package let defaultPartition: String
    /// Held beyond a run's limit.
    package let grace: Seconds
    /// Acts by hand of more than this need another administrator's approval; nil for none.
    package let fourEyesAbove: GPUTime?
    /// How long what is personal is kept.
    package let retention: RetentionPolicy

    package init(
      system: String, defaultPartition: String, grace: Seconds, fourEyesAbove: GPUTime? = nil,
      retention: RetentionPolicy = RetentionPolicy()
    ) {
      self.fourEyesAbove = fourEyesAbove
      self.system = system
      self.defaultPartition = defaultPartition
      self.grace = grace
      self.retention = retention
    }
  }

  package init(
    store: any Store, board: any Board, accounts: any Accounts, roles: Roles, settings: Settings,
    sealing: Sealing? = nil
  ) {
    self.sealing = sealing
    self.store = store
    self.board = board
    self.accounts = accounts
    self.roles = roles
    self.settings = settings
  }

  // MARK: Who asks

  /// Who a peer of the socket is. Refused if the machine does not know the uid.
  package func caller(
    uid: UInt32, request: String? = nil
  ) async throws(Problem) -> Caller {
    guard let account = accounts.name(of: uid) else {
      throw Problem(
        title: "Unknown account", status: 403, code: "unknown-account",
        detail: "uid \(uid) has no account on this machine")
    }
    let gid = accounts.ids(of: account)?.gid ?? uid
    let member = try await centre().member(account: account)
    let role: CallerRole =
      if roles.administrators.contains(account) {
        .administrator
      } else if roles.auditors.contains(account) {
        .auditor
      } else {
        member == nil ? .none : .member
      }
    return Caller(
      uid: uid, gid: gid, account: account, role: role, member: member?.id, request: request)
  }

  package func whoami(_ caller: Caller) async throws(Problem) -> CallerView {
    let centre = try await centre()
    let projects = projects(of: caller, in: centre)
    var roles: [String: String] = [:]
    for id in projects {
      let role = caller.member.flatMap { centre.projects[id]?.role(of: $0) }
      if let role { roles[id.text] = role.rawValue }
    }
    return CallerView(
      account: caller.account, role: caller.role.rawValue,
      projects: projects.map(\.text).sorted(), roles: roles)
  }

  // MARK: Shared by the use cases

  /// A store's answer, or the problem that its fault is.
  func asked<Value>(
    _ act: () async throws(StoreError) -> Value
  ) async throws(Problem) -> Value {
    do throws(StoreError) {
      return try await act()
    } catch {
      throw error.problem
    }
  }

  func centre() async throws(Problem) -> Centre {
    try await asked { () async throws(StoreError) in try await store.centre() }
  }

  /// The projects whose jobs a caller may see; all for an administrator.
  func projects(of caller: Caller, in centre: Centre) -> Set<ProjectID> {
    if caller.role == .administrator { return Set(centre.projects.keys) }
    guard let member = caller.member else { return [] }
    return Set(centre.projects.values.filter { $0.role(of: member) != nil }.map(\.id))
  }

  /// The projects whose money a caller may see.
  func readableProjects(of caller: Caller, in centre: Centre) -> Set<ProjectID> {
    caller.role == .auditor
      ? Set(centre.projects.keys) : projects(of: caller, in: centre)
  }

  /// Refuses all but administrators; the attempt is a line of the audit log.
  func requireAdministrator(
    _ caller: Caller, to act: String, _ action: AuditAction, _ object: String
  ) async throws(Problem) {
    guard caller.role == .administrator else {
      await attempt(caller.line(action, object, .refused, detail: "no administrator"))
      throw Problem(
        title: "Not allowed", status: 403, code: "not-allowed",
        detail: "\(caller.account) is no administrator, so may not \(act)",
        nextStep: "ask an administrator of the centre")
    }
  }

  /// The project of that id, if the caller may see its money. To whom all are not told, one that does
  /// not exist and one that is not the caller's are refused alike.
  func readableProject(
    _ id: String, _ caller: Caller, _ centre: Centre
  ) throws(Problem) -> Project {
    let readable = readableProjects(of: caller, in: centre)
    guard let id = ProjectID(id), readable.contains(id), let project = centre.projects[id] else {
      let near = Spelling.nearest(to: id, in: readable.map(\.text).sorted())
      let seesAll = caller.role == .administrator || caller.role == .auditor
      throw Problem(
        title: seesAll ? "No such project" : "Not your project", status: 404,
        code: "unknown-project",
        detail: (seesAll
          ? "there is no project '\(id)'" : "\(caller.account) sees no project '\(id)'")
          + (near.map { "; do you mean \($0)?" } ?? ""),
        nextStep: seesAll
          ? "see all projects with `polder balance`" : "see your projects with `polder whoami`")
    }
    return project
  }

  /// Words reasons so that only jobs of the caller's projects are named.
  func wording(
    for caller: Caller, _ centre: Centre, _ sheets: [JobSheet]
  ) -> Wording {
    if caller.role == .administrator { return Wording(seesSums: true) { _ in true } }
    let visible = Set(sheets.map(\.job.id))
    return Wording(reader: caller.member) { visible.contains($0.job) }
  }
}

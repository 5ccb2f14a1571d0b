package import Domain

/// Who asks, as the socket's peer credentials and the configuration say.
package struct Caller: Hashable, Sendable {
  package let uid: UInt32
  package let gid: UInt32
  /// The UNIX account.
  package let account: String
  package let role: CallerRole
  /// The member whom an administrator bound to the account, if any.
  package let member: MemberID?
  /// The request that it asks with, as the interface numbers it.
  package let request: String?

  package init(
    uid: UInt32, gid: UInt32, account: String, role: CallerRole, member: MemberID?,
    request: String? = nil
  ) {
    self.uid = uid
    self.gid = gid
    self.account = account
    self.role = role
    self.member = member
    self.request = request
  }

  /// Who it is in records that outlast a person: the member's opaque id; of an account that is bound
  /// to none, its number.
  package var subject: String { member?.text ?? "uid-\(uid)" }

  /// The way in, for the audit log. The account's number is said of those who act in office only:
  /// a member's would lead from the opaque id to the person.
  package var origin: String {
    let inOffice = role == .administrator || role == .auditor
    return "socket" + (inOffice ? " uid \(uid)" : "") + (request.map { " request \($0)" } ?? "")
  }
}

/// What a caller may see and do.
package enum CallerRole: String, Hashable, Sendable {
  case administrator
  /// Reads balances, ledgers and reports.
  case auditor
  case member
  /// Known to the system, and nothing to Polder.
  case none
}

/// The UNIX accounts of the machine.
package protocol Accounts: Sendable {
  func name(of uid: UInt32) -> String?
  func ids(of name: String) -> (uid: UInt32, gid: UInt32)?
  /// The name of a group.
  func group(of gid: UInt32) -> String?
}

/// Who has which role, by account: configuration.
package struct Roles: Sendable {
  package let administrators: Set<String>
  package let auditors: Set<String>
  /// The account that slurmctld runs as.
  package let slurmUser: String

  package init(administrators: [String], auditors: [String], slurmUser: String) {
    self.administrators = Set(administrators)
    self.auditors = Set(auditors)
    self.slurmUser = slurmUser
  }
}

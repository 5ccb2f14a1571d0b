import Domain

/// Who can give a project more, or longer, as its reader is told: a member asks the PI, the PI an
/// administrator, and an administrator asks nobody.
enum Giver: Hashable, Sendable {
  /// The reader, who is an administrator.
  case reader
  case administrator
  /// The PIs of the project, by their accounts.
  case principalInvestigators([String])

  init(_ id: ProjectID, for caller: Caller, in centre: Centre) {
    let members = centre.projects[id]?.members ?? []
    let leads = members.filter { $0.role == .principalInvestigator }
    let accounts = leads.compactMap { centre.members[$0.member]?.account }
    if caller.role == .administrator {
      self = .reader
    } else if leads.contains(where: { $0.member == caller.member }) || accounts.isEmpty {
      self = .administrator
    } else {
      self = .principalInvestigators(accounts)
    }
  }

  /// A next step: to ask somebody for something, or what an administrator does instead.
  ///
  /// - Parameter what: `for more`, `to request an extension of the allocation`.
  func step(_ what: String, orElse own: String) -> String {
    switch self {
    case .reader: own
    case .administrator: "ask an administrator \(what)"
    case .principalInvestigators(let accounts):
      "ask your PI (\(accounts.joined(separator: ", "))) \(what)"
    }
  }
}

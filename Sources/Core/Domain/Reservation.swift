/// Nodes that Slurm sets aside for a time: for maintenance, or for some accounts (a course).
package struct Reservation: Hashable, Sendable {
  /// As Slurm has it.
  package let name: String
  /// Ascending, whole nodes.
  package let nodes: [NodeName]
  /// Half-open; never empty.
  package let window: Range<Instant>
  package let isMaintenance: Bool
  /// Who may run on its nodes in its time.
  package let access: ReservationAccess

  /// Nil if it has no node or no time.
  package init?(
    name: String, nodes: [NodeName], from begin: Instant, until end: Instant, isMaintenance: Bool,
    access: ReservationAccess = .nobody
  ) {
    guard begin < end, !nodes.isEmpty else { return nil }
    self.name = name
    self.nodes = nodes.sorted()
    window = begin..<end
    self.isMaintenance = isMaintenance
    self.access = access
  }
}

/// Who may run in a reservation, as slurmctld decides it where it enforces no associations
/// (`_valid_job_access_resv`): whom the users let in, and of these whom the accounts let in.
package struct ReservationAccess: Hashable, Sendable {
  /// Names of one kind.
  package enum List: Hashable, Sendable {
    /// Says nothing.
    case all
    case only(Set<String>)
    case allBut(Set<String>)

    /// - Parameter names: as Slurm has them: `anouk`, or `-anouk` of one that is kept out.
    package init(_ names: [String]) {
      let out = names.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) }
      self = names.isEmpty ? .all : out.isEmpty ? .only(Set(names)) : .allBut(Set(out))
    }

    func admits(_ name: String) -> Bool {
      switch self {
      case .all: true
      case .only(let names): names.contains(name)
      case .allBut(let names): !names.contains(name)
      }
    }
  }

  private let users: List
  /// Slurm's, which are projects.
  private let accounts: List
  private let isOpen: Bool

  package init(users: List, accounts: List) {
    (self.users, self.accounts) = (users, accounts)
    isOpen = true
  }

  private init() {
    (users, accounts) = (.all, .all)
    isOpen = false
  }

  /// None of Polder's jobs is planned in it.
  package static let nobody = ReservationAccess()

  /// - Parameter user: a UNIX account.
  package func admits(_ user: String, of project: ProjectID) -> Bool {
    isOpen && users.admits(user) && accounts.admits(project.text)
  }
}

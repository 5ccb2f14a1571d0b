/// Nodes to set aside in Slurm, whole and at a fixed time.
package struct ReservationOrder: Sendable, Equatable, Codable {
  package var name: String
  package var nodes: [String]
  /// Seconds since 1970, half-open.
  package var startSeconds: Int
  package var endSeconds: Int
  /// With the flag MAINT: Slurm lets it lie over other reservations, and shows its nodes so.
  package var isMaintenance: Bool
  /// UNIX accounts, and Slurm's accounts, for whom it is. One of both names somebody.
  package var users: [String]
  package var accounts: [String]
  /// Also where something runs on the nodes that may run on into it. Else Slurm refuses that.
  package var ignoresJobs: Bool

  package init(
    name: String, nodes: [String], startSeconds: Int, endSeconds: Int, isMaintenance: Bool,
    users: [String], accounts: [String], ignoresJobs: Bool
  ) {
    self.name = name
    self.nodes = nodes
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
    self.isMaintenance = isMaintenance
    self.users = users
    self.accounts = accounts
    self.ignoresJobs = ignoresJobs
  }
}

extension ReservationOrder {
  /// What Slurm shows once it has done it, in order of names.
  package var observation: ReservationObservation {
    ReservationObservation(
      name: name, nodes: nodes.sorted(), startSeconds: startSeconds, endSeconds: endSeconds,
      isMaintenance: isMaintenance, users: users.sorted(), accounts: accounts.sorted())
  }

  /// True if that is what it asks for. What ran when it was made does not matter afterwards.
  package func isDone(by seen: ReservationObservation) -> Bool {
    var seen = seen
    seen.nodes.sort()
    seen.users.sort()
    seen.accounts.sort()
    return seen == observation
  }
}

/// The answer to an order.
package struct CreatedReservation: Sendable, Equatable, Codable {
  /// False where Slurm had set the same aside under that name.
  package let isNew: Bool

  package init(isNew: Bool) { self.isNew = isNew }
}

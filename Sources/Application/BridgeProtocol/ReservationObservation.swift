/// A reservation of nodes as slurmctld describes it. One of licences alone is not shown.
package struct ReservationObservation: Sendable, Equatable, Codable {
  package var name: String
  /// In the order of Slurm's list. Of a reservation of cores these are the nodes that they are on.
  package var nodes: [String]
  /// Seconds since 1970, half-open.
  package var startSeconds: Int
  package var endSeconds: Int
  /// Made with the flag MAINT.
  package var isMaintenance: Bool
  /// Whom it is for: UNIX accounts, those of its groups among them; `-anouk` where it keeps out and
  /// lets all others in. Empty if it says nothing of users.
  package var users: [String]
  /// Slurm's accounts, likewise.
  package var accounts: [String]
  /// False if its time floats, or if it sets aside cores and not nodes: what may run in it, and when,
  /// is slurmctld's alone to say.
  package var takesPlans: Bool

  package init(
    name: String, nodes: [String], startSeconds: Int, endSeconds: Int, isMaintenance: Bool,
    users: [String] = [], accounts: [String] = [], takesPlans: Bool = true
  ) {
    self.users = users
    self.accounts = accounts
    self.takesPlans = takesPlans
    self.name = name
    self.nodes = nodes
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
    self.isMaintenance = isMaintenance
  }
}

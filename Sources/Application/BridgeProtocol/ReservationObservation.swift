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

  package init(
    name: String, nodes: [String], startSeconds: Int, endSeconds: Int, isMaintenance: Bool
  ) {
    self.name = name
    self.nodes = nodes
    self.startSeconds = startSeconds
    self.endSeconds = endSeconds
    self.isMaintenance = isMaintenance
  }
}

/// Nodes that Slurm sets aside for a time: for maintenance, or for some accounts (a course).
package struct Reservation: Hashable, Sendable {
  /// As Slurm has it.
  package let name: String
  /// Ascending, whole nodes.
  package let nodes: [NodeName]
  /// Half-open; never empty.
  package let window: Range<Instant>
  package let isMaintenance: Bool

  /// Nil if it has no node or no time.
  package init?(
    name: String, nodes: [NodeName], from begin: Instant, until end: Instant, isMaintenance: Bool
  ) {
    guard begin < end, !nodes.isEmpty else { return nil }
    self.name = name
    self.nodes = nodes.sorted()
    window = begin..<end
    self.isMaintenance = isMaintenance
  }
}

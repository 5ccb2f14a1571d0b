/// Nodes that Slurm sets aside for a time. `GET /v1/reservations`.
package struct ReservationView: Codable, Equatable, Sendable {
  /// Nil if it is not the reader's business: only of a maintenance everybody sees the name.
  package var name: String?
  /// `maintenance`, or `reserved` for somebody.
  package var purpose: String
  /// Ascending.
  package var nodes: [String]
  /// Milliseconds since 1970.
  package var start: Int64
  package var end: Int64

  package init(name: String?, purpose: String, nodes: [String], start: Int64, end: Int64) {
    self.name = name
    self.purpose = purpose
    self.nodes = nodes
    self.start = start
    self.end = end
  }
}

package import BridgeProtocol
package import Domain
import Reporting
package import Scheduling

extension [NodeObservation] {
  /// How each node is for a plan.
  ///
  /// - Parameters:
  ///   - foreign: nodes on which something runs that is not ours, with what it is.
  ///   - reserved: nodes that are set aside now: the plan knows until when, so that a maintenance
  ///     is no reason by itself.
  package func states(
    foreign: [NodeName: String], reserved: Set<NodeName>
  ) -> [NodeName: NodeCondition.State] {
    var states: [NodeName: NodeCondition.State] = [:]
    for node in self {
      guard let name = NodeName(node.name) else { continue }
      if let user = foreign[name] {
        states[name] = .unavailable(user)
      } else {
        var seen = node
        if reserved.contains(name) { seen.flags.removeAll { $0 == .maintenance } }
        states[name] = seen.takesJobs ? .up : .unavailable(seen.inWords)
      }
    }
    return states
  }

  /// What the record of node states is to say of the centre's nodes, in Slurm's order.
  func changes(in centre: Centre, at now: Instant) -> [AccessTimeFacts.NodeChange] {
    compactMap { seen in
      guard let name = NodeName(seen.name), let node = centre.nodes[name] else { return nil }
      return AccessTimeFacts.NodeChange(
        node: name, at: now, up: seen.delivers, gpus: node.capacity.gpus)
    }
  }
}

extension ReservationObservation {
  /// Nil if it names no node or no time that Polder can use.
  package var reservation: Reservation? {
    Reservation(
      name: name, nodes: nodes.compactMap { NodeName($0) },
      from: Instant(seconds: Int64(startSeconds)), until: Instant(seconds: Int64(endSeconds)),
      isMaintenance: isMaintenance)
  }
}

extension [Reservation] {
  /// The nodes that are set aside at an instant.
  func nodes(at now: Instant) -> Set<NodeName> {
    Set(lazy.filter { $0.window.contains(now) }.flatMap(\.nodes))
  }
}

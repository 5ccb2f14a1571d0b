import BridgeProtocol
import Domain
import Reporting
import Scheduling

extension [NodeObservation] {
  /// How each node is for a plan.
  ///
  /// - Parameter foreign: nodes on which something runs that is not ours, with what it is.
  func states(foreign: [NodeName: String]) -> [NodeName: NodeCondition.State] {
    var states: [NodeName: NodeCondition.State] = [:]
    for node in self {
      guard let name = NodeName(node.name) else { continue }
      if let user = foreign[name] {
        states[name] = .unavailable(user)
      } else {
        states[name] = node.takesJobs ? .up : .unavailable(node.inWords)
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

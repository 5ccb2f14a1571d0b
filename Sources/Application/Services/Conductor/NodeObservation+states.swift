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

  /// What the record of node states is to say of the centre's nodes, in Slurm's order: with what
  /// their GPUs weigh by the rate cards in force.
  ///
  /// What the cards weighed before is told apart: ``Centre/nodeWeighings(since:until:)``.
  func changes(in centre: Centre, at now: Instant) -> [AccessTimeFacts.NodeChange] {
    let weights = centre.gpuWeights(at: now)
    return compactMap { seen in
      guard let name = NodeName(seen.name), let node = centre.nodes[name] else { return nil }
      return AccessTimeFacts.NodeChange(
        node: name, at: now, up: seen.delivers, gpus: node.capacity.gpus, weight: weights[name])
    }
  }
}

extension [PartitionObservation] {
  /// How Slurm has each partition of the centre; one that it does not list is missing there.
  package func conditions(in centre: Centre) -> [PartitionName: PartitionCondition] {
    let seen = Dictionary(map { ($0.name, $0) }) { first, _ in first }
    return Dictionary(
      uniqueKeysWithValues: centre.partitions.keys.map { name in
        (name, seen[name.text]?.condition ?? PartitionCondition(.missing))
      })
  }
}

extension PartitionObservation {
  fileprivate var condition: PartitionCondition {
    let state: PartitionCondition.State =
      switch self.state {
      case .up: .up
      case .down: .down
      case .drain: .drain
      case .inactive: .inactive
      }
    return PartitionCondition(
      state, longest: maximumMinutes.map { Seconds.minutes(Int64($0)) }, mostNodes: maximumNodes)
  }
}

extension Centre {
  /// What nodes weigh by each rate card that came into force, in order of time: so that the record of
  /// nodes has it from that instant on, and not from when somebody looked.
  ///
  /// - Parameters:
  ///   - since: nil for all of them; those at this instant or earlier do not count.
  ///   - now: those after this instant do not count.
  func nodeWeighings(since: Instant?, until now: Instant) -> [AccessTimeFacts.NodeWeighing] {
    let dates = Set(partitions.values.flatMap { $0.rateCards.map(\.inForceFrom) })
    return dates.filter { at in at <= now && (since.map { at > $0 } ?? true) }.sorted().map {
      AccessTimeFacts.NodeWeighing(at: $0, weights: gpuWeights(at: $0))
    }
  }
}

extension ReservationObservation {
  /// Nil if it names no node or no time that Polder can use.
  package var reservation: Reservation? {
    Reservation(
      name: name, nodes: nodes.compactMap { NodeName($0) },
      from: Instant(seconds: Int64(startSeconds)), until: Instant(seconds: Int64(endSeconds)),
      isMaintenance: isMaintenance,
      access: takesPlans
        ? ReservationAccess(
          users: ReservationAccess.List(users), accounts: ReservationAccess.List(accounts))
        : .nobody)
  }
}

extension [Reservation] {
  /// The nodes that are set aside at an instant.
  func nodes(at now: Instant) -> Set<NodeName> {
    Set(lazy.filter { $0.window.contains(now) }.flatMap(\.nodes))
  }
}

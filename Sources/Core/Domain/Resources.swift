/// What a run takes of one node, or what a node has: counts, and a part of one GPU where it is shared.
package struct NodeResources: Hashable, Sendable, Codable {
  package var gpus: Int
  package var cpus: Int
  package var memoryMiB: Int
  /// Of a run that shares a GPU with others: how much of it, in thousandths; `gpus` is 1 then, the
  /// one GPU that it closes to those that want whole ones. 0 where GPUs are taken whole.
  package var gpuThousandths: Int

  package init(gpus: Int, cpus: Int, memoryMiB: Int, gpuThousandths: Int = 0) {
    self.gpus = gpus
    self.cpus = cpus
    self.memoryMiB = memoryMiB
    self.gpuThousandths = gpuThousandths
  }

  /// The part of a GPU that is shared, in thousandths; nil where GPUs are taken whole.
  package var sharedThousandths: Int? { gpuThousandths == 0 ? nil : gpuThousandths }

  package static let none = NodeResources(gpus: 0, cpus: 0, memoryMiB: 0)

  /// True if this much can be taken out of `whole`, each share of a GPU on a GPU of its own.
  package func fits(in whole: NodeResources) -> Bool {
    gpus <= whole.gpus && cpus <= whole.cpus && memoryMiB <= whole.memoryMiB
  }

  package static func + (left: Self, right: Self) -> Self {
    NodeResources(
      gpus: left.gpus + right.gpus, cpus: left.cpus + right.cpus,
      memoryMiB: left.memoryMiB + right.memoryMiB,
      gpuThousandths: left.gpuThousandths + right.gpuThousandths)
  }

  package static func - (left: Self, right: Self) -> Self {
    NodeResources(
      gpus: left.gpus - right.gpus, cpus: left.cpus - right.cpus,
      memoryMiB: left.memoryMiB - right.memoryMiB,
      gpuThousandths: left.gpuThousandths - right.gpuThousandths)
  }
}

/// A node as the centre describes it: what it has, not how it is.
package struct Node: Hashable, Sendable {
  package let name: NodeName
  package let gpuType: String
  package let capacity: NodeResources
  /// Into how many shards Slurm cuts each of its GPUs, so that they can be shared; 0 if it does not.
  package let shardsPerGPU: Int
  /// What a request's constraint can ask for; ascending, unique.
  package let features: [FeatureName]
  /// The switches above it, from the top of the network down to the one that it is plugged into; none
  /// if nothing is known of them.
  package let switches: [SwitchName]
  /// Whose node it is in a plan: a node that is set aside stands in it twice, once for the tasks of the
  /// reservation, in its time, and once for all others, outside of it. Nil of a centre's own nodes.
  package let reservation: ReservationName?

  package init(
    name: NodeName, gpuType: String, capacity: NodeResources, shardsPerGPU: Int = 0,
    features: [FeatureName] = [], switches: [SwitchName] = [], reservation: ReservationName? = nil
  ) {
    self.reservation = reservation
    self.switches = switches
    self.name = name
    self.gpuType = gpuType
    self.capacity = capacity
    self.shardsPerGPU = shardsPerGPU
    self.features = Set(features).sorted()
  }

  /// The same node for the tasks of a reservation.
  package func setAside(for reservation: ReservationName) -> Node {
    Node(
      name: name, gpuType: gpuType, capacity: capacity, shardsPerGPU: shardsPerGPU,
      features: features, switches: switches, reservation: reservation)
  }
}

/// A partition: nodes, the rules for jobs on them, and what they cost.
package struct Partition: Hashable, Sendable {
  package let name: PartitionName
  /// The nodes, by name, ascending.
  package let nodes: [NodeName]
  /// True if a run gets, and pays for, whole nodes only.
  package let wholeNodes: Bool
  package let defaultTimeLimit: Seconds
  package let maximumTimeLimit: Seconds
  /// CPUs and memory that come with each GPU where the request says nothing.
  package let defaultsPerGPU: NodeResources
  /// What it costs: every version of its rate card, past and to come, ascending; never none.
  package let rateCards: [RateCard]

  package init(
    name: PartitionName, nodes: [NodeName], wholeNodes: Bool, defaultTimeLimit: Seconds,
    maximumTimeLimit: Seconds, defaultsPerGPU: NodeResources, rateCards: [RateCard]
  ) {
    precondition(!rateCards.isEmpty, "a partition has a rate card")
    self.name = name
    self.nodes = nodes.sorted()
    self.wholeNodes = wholeNodes
    self.defaultTimeLimit = defaultTimeLimit
    self.maximumTimeLimit = maximumTimeLimit
    self.defaultsPerGPU = defaultsPerGPU
    self.rateCards = rateCards.sorted { $0.inForceFrom < $1.inForceFrom }
  }
}

/// What a run takes of one node, or what a node has: counts, never fractions.
package struct NodeResources: Hashable, Sendable, Codable {
  package var gpus: Int
  package var cpus: Int
  package var memoryMiB: Int

  package init(gpus: Int, cpus: Int, memoryMiB: Int) {
    self.gpus = gpus
    self.cpus = cpus
    self.memoryMiB = memoryMiB
  }

  package static let none = NodeResources(gpus: 0, cpus: 0, memoryMiB: 0)

  /// True if this much can be taken out of `whole`.
  package func fits(in whole: NodeResources) -> Bool {
    gpus <= whole.gpus && cpus <= whole.cpus && memoryMiB <= whole.memoryMiB
  }

  package static func + (left: Self, right: Self) -> Self {
    NodeResources(
      gpus: left.gpus + right.gpus, cpus: left.cpus + right.cpus,
      memoryMiB: left.memoryMiB + right.memoryMiB)
  }

  package static func - (left: Self, right: Self) -> Self {
    NodeResources(
      gpus: left.gpus - right.gpus, cpus: left.cpus - right.cpus,
      memoryMiB: left.memoryMiB - right.memoryMiB)
  }
}

/// A node as the centre describes it: what it has, not how it is.
package struct Node: Hashable, Sendable {
  package let name: NodeName
  package let gpuType: String
  package let capacity: NodeResources
  /// What a request's constraint can ask for; ascending, unique.
  package let features: [FeatureName]
  /// The switches above it, from the top of the network down to the one that it is plugged into; none
  /// if nothing is known of them.
  package let switches: [SwitchName]

  package init(
    name: NodeName, gpuType: String, capacity: NodeResources, features: [FeatureName] = [],
    switches: [SwitchName] = []
  ) {
    self.switches = switches
    self.name = name
    self.gpuType = gpuType
    self.capacity = capacity
    self.features = Set(features).sorted()
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

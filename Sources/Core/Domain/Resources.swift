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

  package init(name: NodeName, gpuType: String, capacity: NodeResources) {
    self.name = name
    self.gpuType = gpuType
    self.capacity = capacity
  }
}

/// The weights of one partition in thousandths of a GPU-equivalent, one version of its rate card.
///
/// The weight of a node's share is the largest of its GPU, CPU and memory share, so that hours of
/// one kind can't be stranded behind another.
package struct Rates: Hashable, Sendable, Codable {
  /// For each GPU.
  package let perGPU: Int64
  /// For each CPU.
  package let perCPU: Int64
  /// For each GiB of memory.
  package let perGiB: Int64

  package init(perGPU: Int64, perCPU: Int64, perGiB: Int64) {
    self.perGPU = perGPU
    self.perCPU = perCPU
    self.perGiB = perGiB
  }

  /// The weight of what is occupied on one node. A fraction of a thousandth (only memory that is
  /// no whole GiB can make one) is rounded up: the one rounding rule of the books.
  package func weight(of share: NodeResources) -> Weight {
    let memory = (Int64(share.memoryMiB) * perGiB + 1023) / 1024
    return Weight(
      thousandths: max(Int64(share.gpus) * perGPU, Int64(share.cpus) * perCPU, memory))
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
  package let rates: Rates
  /// Which version of the rate card `rates` is, from 1.
  package let rateVersion: Int

  package init(
    name: PartitionName, nodes: [NodeName], wholeNodes: Bool, defaultTimeLimit: Seconds,
    maximumTimeLimit: Seconds, defaultsPerGPU: NodeResources, rates: Rates, rateVersion: Int
  ) {
    self.name = name
    self.nodes = nodes.sorted()
    self.wholeNodes = wholeNodes
    self.defaultTimeLimit = defaultTimeLimit
    self.maximumTimeLimit = maximumTimeLimit
    self.defaultsPerGPU = defaultsPerGPU
    self.rates = rates
    self.rateVersion = rateVersion
  }
}

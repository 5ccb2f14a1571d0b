/// A machine as the simulator sees it: groups of equal nodes, in order.
package struct MachineModel: Hashable, Sendable {
  package let groups: [MachineGroup]
  /// What each funder is entitled to; empty where nobody is.
  package let shares: [FunderShare]

  package init(groups: [MachineGroup], shares: [FunderShare] = []) {
    self.groups = groups
    self.shares = shares
  }

  /// The machine of a log in the Standard Workload Format: nodes of one processor each.
  package static func processors(_ count: Int) -> MachineModel {
    MachineModel(groups: [
      MachineGroup(
        prefix: "p", nodes: count,
        node: MachineNode(gpuType: "", gpus: 0, cpus: 1, memoryMiB: 0))
    ])
  }

  package var nodes: Int { groups.reduce(0) { $0 + $1.nodes } }
  package var gpus: Int { groups.reduce(0) { $0 + $1.nodes * $1.node.gpus } }
  package var cpus: Int { groups.reduce(0) { $0 + $1.nodes * $1.node.cpus } }

  /// What the machine is measured by: GPUs if it has any, else CPU cores.
  package var measure: Measure { gpus > 0 ? .gpus : .processors }

  /// All of that, in thousandths.
  package var capacityThousandths: Int { 1000 * (measure == .gpus ? gpus : cpus) }

  /// What utilisation, shares and load are measured in.
  package enum Measure: String, Sendable {
    case gpus = "GPUs"
    case processors
  }
}

/// What part of a machine is a funder's.
package struct FunderShare: Hashable, Sendable {
  package let funder: String
  package let thousandths: Int

  package init(funder: String, thousandths: Int) {
    self.funder = funder
    self.thousandths = thousandths
  }
}

/// Nodes that do not differ but by their number.
package struct MachineGroup: Hashable, Sendable {
  /// Of the nodes' names; the first node is `prefix` and 1.
  package let prefix: String
  package let nodes: Int
  package let node: MachineNode

  package init(prefix: String, nodes: Int, node: MachineNode) {
    self.prefix = prefix
    self.nodes = nodes
    self.node = node
  }
}

/// What one node has.
package struct MachineNode: Hashable, Sendable {
  /// Empty if it has no GPU.
  package let gpuType: String
  package let gpus: Int
  package let cpus: Int
  /// 0: memory is not counted on this machine.
  package let memoryMiB: Int

  package init(gpuType: String, gpus: Int, cpus: Int, memoryMiB: Int) {
    self.gpuType = gpuType
    self.gpus = gpus
    self.cpus = cpus
    self.memoryMiB = memoryMiB
  }

  /// True if a node of this kind can ever hold one node's part of the job.
  package func holds(_ job: WorkloadJob) -> Bool {
    let share = job.perNode
    return share.gpuThousandths <= 1000 * gpus && share.cpuThousandths <= 1000 * cpus
      && (memoryMiB == 0 || share.memoryMiB <= memoryMiB)
      && (job.gpuTypes.isEmpty || share.gpuThousandths == 0 || job.gpuTypes.contains(gpuType))
  }
}

extension WorkloadJob {
  /// What all its nodes take of what the machine is measured by, in thousandths.
  package func demandThousandths(_ measure: MachineModel.Measure) -> Int {
    nodes * (measure == .gpus ? perNode.gpuThousandths : perNode.cpuThousandths)
  }
}

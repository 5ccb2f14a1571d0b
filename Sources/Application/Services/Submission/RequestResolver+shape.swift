import Domain
import Wire

extension RequestResolver {
  /// What a draft asks of each node.
  struct Shape {
    let nodes: Int
    let perNode: NodeResources
    /// Over all nodes.
    let tasks: Int
    let cpusPerTask: Int
  }

  /// Turns sbatch's many ways of saying it into a number of nodes with the same share on each.
  ///
  /// GPUs in all must divide evenly over the nodes. Where no node count is given it is the fewest
  /// nodes that can hold the GPUs. CPUs and memory that are not named come with the GPUs, by the
  /// partition's defaults.
  func shape(_ draft: SubmissionDraft, _ partition: Partition) throws(Problem) -> Shape {
    let largest =
      partition.nodes.compactMap { context.centre.nodes[$0]?.capacity }
      .max { ($0.gpus, $0.cpus) < ($1.gpus, $1.cpus) } ?? .none
    let gpusInAll = draft.gpus ?? draft.gpusPerTask.map { $0 * max(draft.tasks ?? 1, 1) }
    let nodes = try nodeCount(draft, gpusInAll, largest)
    let gpus = try gpusPerNode(draft, gpusInAll, nodes: nodes)
    let tasks = draft.tasks ?? draft.tasksPerNode.map { $0 * nodes } ?? nodes
    if partition.wholeNodes || draft.exclusive {
      // A whole node is asked for, whatever is said of its parts; more than it has is refused.
      let asked = NodeResources(
        gpus: max(gpus, largest.gpus),
        cpus: max(largest.cpus, cpus(draft, tasks, nodes) ?? 0),
        memoryMiB: max(largest.memoryMiB, draft.memoryPerNodeMiB ?? 0))
      let perTask = max((tasks + nodes - 1) / nodes, 1)
      return Shape(
        nodes: nodes, perNode: asked, tasks: tasks,
        cpusPerTask: draft.cpusPerTask ?? max(asked.cpus / perTask, 1))
    }
    let perTaskNode = max((tasks + nodes - 1) / nodes, 1)
    let wanted = cpus(draft, tasks, nodes) ?? max(gpus * partition.defaultsPerGPU.cpus, perTaskNode)
    let cpusPerTask = draft.cpusPerTask ?? max(wanted / perTaskNode, 1)
    let cpus = cpusPerTask * perTaskNode
    return Shape(
      nodes: nodes,
      perNode: NodeResources(
        gpus: gpus, cpus: cpus,
        memoryMiB: memory(draft, gpus: gpus, cpus: cpus, partition, largest)),
      tasks: tasks, cpusPerTask: cpusPerTask)
  }

  private func nodeCount(
    _ draft: SubmissionDraft, _ gpusInAll: Int?, _ largest: NodeResources
  ) throws(Problem) -> Int {
    if let nodes = draft.nodes { return nodes }
    if let tasks = draft.tasks, let perNode = draft.tasksPerNode {
      return (tasks + perNode - 1) / perNode
    }
    guard let gpus = gpusInAll, largest.gpus > 0 else { return 1 }
    return max((gpus + largest.gpus - 1) / largest.gpus, 1)
  }

  private func gpusPerNode(
    _ draft: SubmissionDraft, _ gpusInAll: Int?, nodes: Int
  ) throws(Problem) -> Int {
    guard let gpus = gpusInAll else { return draft.gpusPerNode ?? 0 }
    guard gpus % nodes == 0 else {
      throw Problem(
        title: "GPUs do not divide over the nodes", status: 422, code: "gpus-uneven",
        detail: "\(gpus) GPUs on \(counted(nodes, "node")) are not the same number on each",
        nextStep: "ask for --nodes=N --gpus-per-node=M instead")
    }
    if let each = draft.gpusPerNode, each * nodes != gpus {
      throw Problem(
        title: "GPUs contradict each other", status: 422, code: "gpus-contradict",
        detail: "\(gpus) GPUs in all, but \(each) on each of \(counted(nodes, "node"))",
        nextStep: "name one of them only")
    }
    return gpus / nodes
  }

  private func cpus(_ draft: SubmissionDraft, _ tasks: Int, _ nodes: Int) -> Int? {
    guard draft.cpusPerTask != nil || draft.tasks != nil || draft.tasksPerNode != nil else {
      return nil
    }
    guard let each = draft.cpusPerTask else { return nil }
    return (tasks + nodes - 1) / nodes * each
  }

  private func memory(
    _ draft: SubmissionDraft, gpus: Int, cpus: Int, _ partition: Partition,
    _ largest: NodeResources
  ) -> Int {
    if let memory = draft.memoryPerNodeMiB { return memory == 0 ? largest.memoryMiB : memory }
    if let each = draft.memoryPerCPUMiB { return each * cpus }
    if let each = draft.memoryPerGPUMiB { return each * gpus }
    if gpus > 0 { return gpus * partition.defaultsPerGPU.memoryMiB }
    // CPU jobs get the memory that comes with their CPUs where GPUs set the proportion.
    let perCPU = partition.defaultsPerGPU.memoryMiB / max(partition.defaultsPerGPU.cpus, 1)
    return min(perCPU * cpus, largest.memoryMiB)
  }
}

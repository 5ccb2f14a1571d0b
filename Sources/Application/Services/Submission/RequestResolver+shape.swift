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
  /// nodes that can hold what is asked for. CPUs and memory that are not named come with the GPUs,
  /// by the partition's defaults; the CPUs are divided over the tasks of a node, and where no GPU
  /// is asked for memory comes with the CPUs in the same proportion.
  ///
  /// - Parameter isOneOfSeveral: true where the partition is the first of a list: then what is asked for
  ///   is no whole node unless that is said, since it is none in others; the plan takes all of it.
  func shape(
    _ draft: SubmissionDraft, _ terms: NodeTerms, _ partition: Partition, isOneOfSeveral: Bool
  ) throws(Problem) -> Shape {
    let wholeNodes = partition.wholeNodes && !isOneOfSeveral
    let capacities = Set(
      partition.nodes.compactMap { node($0, terms) }
        .filter { draft.gpuType == nil || $0.gpuType == draft.gpuType }
        .filter { terms.accepts($0) }.map(\.capacity))
    let largest = capacities.reduce(NodeResources.none) { most, node in
      NodeResources(
        gpus: max(most.gpus, node.gpus), cpus: max(most.cpus, node.cpus),
        memoryMiB: max(most.memoryMiB, node.memoryMiB))
    }
    let nodes = try nodeCount(draft, terms, largest)
    let shared = try shareOfGPU(draft, terms, partition)
    let gpus = shared == nil ? try gpusPerNode(draft, nodes: nodes) : 1
    let defaults = partition.defaultsPerGPU.part(shared)
    let tasks = try taskCount(draft, nodes: nodes)
    let tasksOnNode = (tasks + nodes - 1) / nodes
    let perGPU = draft.cpusPerGPU ?? defaults.cpus
    let cpusPerTask =
      draft.cpusPerTask ?? max(Self.product(gpus, perGPU) / tasksOnNode, 1)
    let cpus = Self.product(cpusPerTask, tasksOnNode)
    let asked = NodeResources(
      gpus: gpus, cpus: cpus,
      memoryMiB: memory(draft, gpus: gpus, cpus: cpus, defaults, largest),
      gpuThousandths: shared ?? 0)
    guard wholeNodes || draft.exclusive else {
      return Shape(nodes: nodes, perNode: asked, tasks: tasks, cpusPerTask: cpusPerTask)
    }
    guard let whole = capacities.first, capacities.count == 1 else {
      if wholeNodes {
        return Shape(nodes: nodes, perNode: asked, tasks: tasks, cpusPerTask: cpusPerTask)
      }
      throw Problem(
        title: "Which whole nodes?", status: 422, code: "exclusive",
        detail: "--exclusive on partition \(partition.name), whose nodes differ in size",
        nextStep: "ask for the GPUs, CPUs and memory of each node, or for a partition of whole "
          + "nodes")
    }
    return Shape(
      nodes: nodes,
      perNode: NodeResources(
        gpus: max(gpus, whole.gpus), cpus: max(whole.cpus, cpus),
        memoryMiB: max(whole.memoryMiB, asked.memoryMiB)),
      tasks: tasks, cpusPerTask: draft.cpusPerTask ?? max(whole.cpus / tasksOnNode, 1))
  }

  /// A product of counts from outside that can't overflow: one so large fits no node anyway.
  private static func product(_ left: Int, _ right: Int) -> Int {
    let (result, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? 1 << 50 : min(result, 1 << 50)
  }

  private static func quotient(_ whole: Int, _ part: Int) -> Int {
    max((whole + part - 1) / max(part, 1), 1)
  }

  // MARK: Nodes and tasks

  /// What is said of the nodes; refused if it names one that the centre has not, or can't hold.
  func terms(
    _ draft: SubmissionDraft, _ reservation: Reservation?
  ) throws(Problem) -> NodeTerms {
    let known = context.centre.nodes
    for (option, names) in [
      ("--nodelist", draft.requiredNodes), ("--exclude", draft.excludedNodes),
    ] {
      let unknown = names.filter { known[$0] == nil }
      guard let first = unknown.first else { continue }
      let near = Spelling.nearest(to: first.text, in: known.keys.map(\.text).sorted())
      throw Problem(
        title: "No such node", status: 422, code: "unknown-node",
        detail: "\(option) names \(counted(unknown.count, "node")) that the centre has not, "
          + "the first is '\(first)'",
        nextStep: near.map { "do you mean \($0)?" } ?? "see the nodes with `polder status`")
    }
    let both = draft.requiredNodes.filter { draft.excludedNodes.contains($0) }
    if let first = both.first {
      throw contradiction(
        "\(counted(both.count, "node")) both required and excluded, the first is \(first)",
        "name each in --nodelist or in --exclude, not in both")
    }
    return NodeTerms(
      features: draft.features, excluded: draft.excludedNodes, required: draft.requiredNodes,
      reservation: reservation.flatMap { ReservationName($0.name) },
      switches: draft.switches.map { count in
        // It waits from when it may start.
        SwitchWish(
          most: count.most,
          until: (notBefore(draft) ?? context.now) + (count.wait ?? SwitchWish.usualWait))
      })
  }

  private func nodeCount(
    _ draft: SubmissionDraft, _ terms: NodeTerms, _ largest: NodeResources
  ) throws(Problem) -> Int {
    if let nodes = draft.nodes {
      guard nodes.upperBound >= terms.required.count else {
        throw contradiction(
          "--nodelist names \(counted(terms.required.count, "node")), but --nodes is at most "
            + "\(nodes.upperBound)",
          "ask for --nodes=\(terms.required.count) or more, or name fewer")
      }
      return fewestNodes(
        in: max(nodes.lowerBound, terms.required.count)...nodes.upperBound, draft, largest)
    }
    return max(try fewestNodes(draft, largest), terms.required.count)
  }

  /// The fewest nodes of a range that hold what is asked for in all, the same on each; the fewest
  /// of the range if none do, so that it is told what is wrong with them.
  private func fewestNodes(
    in range: ClosedRange<Int>, _ draft: SubmissionDraft, _ largest: NodeResources
  ) -> Int {
    range.first { nodes in
      if let gpus = gpusInAll(draft, nodes: nodes) {
        guard gpus % nodes == 0, gpus / nodes <= draft.gpusPerNode ?? largest.gpus else {
          return false
        }
      }
      guard let tasks = draft.tasks else { return true }
      let onNode = Self.quotient(tasks, nodes)
      return nodes <= tasks && onNode <= draft.tasksPerNode ?? onNode
        && Self.product(onNode, draft.cpusPerTask ?? 1) <= max(largest.cpus, 1)
    } ?? range.lowerBound
  }

  /// The fewest nodes that hold what is asked for in all.
  private func fewestNodes(
    _ draft: SubmissionDraft, _ largest: NodeResources
  ) throws(Problem) -> Int {
    if let tasks = draft.tasks, let each = draft.tasksPerNode {
      return Self.quotient(tasks, each)
    }
    if let gpus = gpusInAll(draft, nodes: 1), gpus > 0 {
      if let each = draft.gpusPerNode, each > 0 { return Self.quotient(gpus, each) }
      return largest.gpus > 0 ? Self.quotient(gpus, largest.gpus) : 1
    }
    guard let tasks = draft.tasks, largest.cpus > 0, draft.gpusPerNode == nil else { return 1 }
    let perNode = max(largest.cpus / (draft.cpusPerTask ?? 1), 1)
    return Self.quotient(tasks, perNode)
  }

  private func taskCount(_ draft: SubmissionDraft, nodes: Int) throws(Problem) -> Int {
    if let tasks = draft.tasks {
      guard tasks >= nodes else {
        throw contradiction(
          "\(counted(tasks, "task")) on \(counted(nodes, "node"))",
          "ask for at least one task on each node, or for fewer nodes")
      }
      if let each = draft.tasksPerNode, Self.product(each, nodes) < tasks {
        throw contradiction(
          "\(counted(tasks, "task")), but \(each) on each of \(counted(nodes, "node"))",
          "leave one of --ntasks, --ntasks-per-node and --nodes out")
      }
      return tasks
    }
    if let each = draft.tasksPerNode { return Self.product(each, nodes) }
    guard let each = draft.gpusPerTask, each > 0, let gpus = gpusInAll(draft, nodes: nodes) else {
      return nodes
    }
    guard gpus % each == 0, gpus / each >= nodes else {
      throw contradiction(
        "\(counted(gpus, "GPU")), but \(each) for each task",
        "leave one of \(Self.gpuOption(draft)) and --gpus-per-task out")
    }
    return gpus / each
  }

  // MARK: GPUs and memory

  private func gpusInAll(_ draft: SubmissionDraft, nodes: Int) -> Int? {
    if let gpus = draft.gpus { return gpus }
    guard let each = draft.gpusPerTask else { return nil }
    let tasks = draft.tasks ?? Self.product(draft.tasksPerNode ?? 1, nodes)
    return Self.product(each, tasks)
  }

  private func gpusPerNode(_ draft: SubmissionDraft, nodes: Int) throws(Problem) -> Int {
    guard let gpus = gpusInAll(draft, nodes: nodes) else { return draft.gpusPerNode ?? 0 }
    guard gpus % nodes == 0 else {
      throw Problem(
        title: "GPUs do not divide over the nodes", status: 422, code: "gpus-uneven",
        detail: "\(counted(gpus, "GPU")) on \(counted(nodes, "node")) are not the same number on "
          + "each",
        nextStep: draft.nodes == nil || draft.gpusPerNode != nil
          ? "ask for --nodes=N --gpus-per-node=M instead of \(Self.gpuOption(draft))"
          : "leave --nodes out, or ask for --gpus-per-node=M instead of \(Self.gpuOption(draft))")
    }
    if let each = draft.gpusPerNode, Self.product(each, nodes) != gpus {
      throw contradiction(
        "\(counted(gpus, "GPU")) in all, but \(each) on each of \(counted(nodes, "node"))",
        "leave one of \(Self.gpuOption(draft)) and --gpus-per-node (or --gres) out")
    }
    return gpus / nodes
  }

  /// The option by which the number of all GPUs was said.
  private static func gpuOption(_ draft: SubmissionDraft) -> String {
    draft.gpus == nil ? "--gpus-per-task" : "--gpus"
  }

  private func memory(
    _ draft: SubmissionDraft, gpus: Int, cpus: Int, _ defaults: NodeResources,
    _ largest: NodeResources
  ) -> Int {
    switch draft.memory {
    // Slurm's word for all of each node.
    case .perNode(0), .perCPU(0), .perGPU(0): return largest.memoryMiB
    case .perNode(let amount): return amount
    case .perCPU(let each): return Self.product(each, cpus)
    case .perGPU(let each) where gpus > 0: return Self.product(each, gpus)
    case .perGPU, nil: break
    }
    if gpus > 0 { return Self.product(gpus, defaults.memoryMiB) }
    let share = Self.product(defaults.memoryMiB, cpus) / max(defaults.cpus, 1)
    return min(share, largest.memoryMiB)
  }

  func contradiction(_ detail: String, _ nextStep: String) -> Problem {
    Problem(
      title: "The options contradict each other", status: 422, code: "contradiction",
      detail: detail, nextStep: nextStep)
  }
}

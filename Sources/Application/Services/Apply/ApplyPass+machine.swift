import Domain
import Wire

/// Nodes and partitions.
extension ApplyPass {
  mutating func readNode(_ text: String, _ fields: inout FieldReader) {
    let id: NodeName? = id(text, .identifier(), &fields)
    let gpuType: Identifier<Never>? = fields.required("gpuType", .identifier())
    let gpus = fields.required("gpus", .whole(0...1024))
    let cpus = fields.required("cpus", .whole(1...65_536))
    let memory = fields.required("memory", .memoryMiB)
    let shards = fields.optional("shardsPerGPU", .whole(0...GPUShards.most), default: 0)
    let features: [FeatureName] = readNames("features", "feature", such: "ib", &fields)
    let switches: [SwitchName] = readNames("switches", "switch", such: "rack-3", &fields)
    guard fields.problems.isEmpty, let id, let gpuType, let gpus, let cpus, let memory,
      let shards
    else { return }
    let node = Node(
      name: id, gpuType: gpuType.text,
      capacity: NodeResources(gpus: gpus, cpus: cpus, memoryMiB: memory),
      shardsPerGPU: shards, features: features, switches: switches)
    let before = context.centre.nodes[id]
    if let before, context.busyNodes.contains(id),
      !before.capacity.fits(in: node.capacity) || before.gpuType != node.gpuType
    {
      fields.refuse(
        "id",
        "runs occupy node \(id), so that it can't lose GPUs, CPUs or memory or change its "
          + "GPU type now; drain it and apply again when they have ended")
      return
    }
    if let before, context.busyNodes.contains(id), before.shardsPerGPU != node.shardsPerGPU {
      fields.refuse(
        "shardsPerGPU",
        "runs occupy node \(id), so that its GPUs can't be cut otherwise now; drain it and apply "
          + "again when they have ended")
      return
    }
    note(.node, text, before: before, after: node)
    next.nodes[id] = node
  }

  /// Names in order, each once.
  private func readNames<Kind>(
    _ field: String, _ word: String, such example: String, _ fields: inout FieldReader
  ) -> [Identifier<Kind>] {
    var names: [Identifier<Kind>] = []
    for (path, text) in fields.texts(field) {
      guard let name = Identifier<Kind>(text), !names.contains(name) else {
        fields.refuse(
          path,
          names.contains { $0.text == text }
            ? "\(word) \(text) stands twice"
            : "\(FieldFailure.quoted(text)) is no \(word); "
              + "accepted: a name such as \(example)")
        continue
      }
      names.append(name)
    }
    return names
  }

  mutating func readPartition(_ text: String, _ fields: inout FieldReader) {
    let id: PartitionName? = id(text, .identifier(), &fields)
    let nodes = readNodeNames(&fields)
    let wholeNodes = fields.optional("wholeNodes", .flag, default: false)
    let standard = fields.required("timeLimit.default", .timeLimit)
    let most = fields.required("timeLimit.maximum", .timeLimit)
    let cpus = fields.required("defaultsPerGPU.cpus", .whole(1...65_536))
    let memory = fields.required("defaultsPerGPU.memory", .memoryMiB)
    let before = id.flatMap { context.centre.partitions[$0] }
    let rateCards = readRateCards(before, &fields)
    if let standard, let most, standard > most {
      fields.refuse(
        "timeLimit.default", "\(standard) is longer than timeLimit.maximum, \(most)")
    }
    guard fields.problems.isEmpty, let id, let wholeNodes, let standard, let most, let cpus,
      let memory, let rateCards
    else { return }
    let perGPU = NodeResources(gpus: 1, cpus: cpus, memoryMiB: memory)
    let withGPUs = nodes.compactMap { next.nodes[$0] }.filter { $0.capacity.gpus > 0 }
    if !withGPUs.isEmpty, !withGPUs.contains(where: { perGPU.fits(in: $0.capacity) }) {
      fields.refuse(
        "defaultsPerGPU",
        "\(cpus) CPUs and \(CanonicalText.memory(memory)) with one GPU are more "
          + "than any node of the partition has")
      return
    }
    if let before, before.wholeNodes != wholeNodes,
      !context.busyNodes.isDisjoint(with: before.nodes)
    {
      fields.refuse(
        "wholeNodes",
        "runs occupy nodes of the partition, and each keeps the rule it was started with; drain "
          + "the nodes and apply again when they have ended")
      return
    }
    let partition = Partition(
      name: id, nodes: nodes, wholeNodes: wholeNodes, defaultTimeLimit: standard,
      maximumTimeLimit: most, defaultsPerGPU: perGPU, rateCards: rateCards)
    note(
      .partition, text, before: before, after: partition,
      details: before.map { rateChanges(from: $0.rateCards, to: rateCards) } ?? [])
    noteWithdrawnRates(of: id, from: before?.rateCards ?? [], to: rateCards)
    next.partitions[id] = partition
  }

  private func readNodeNames(_ fields: inout FieldReader) -> [NodeName] {
    var nodes: [NodeName] = []
    var seen: Set<NodeName> = []
    let given = fields.texts("nodes")
    if given.isEmpty {
      fields.refuse(
        "nodes",
        "\(fields.has("nodes") ? "names no node" : "is missing"); accepted: "
          + "\(NodeNames.accepted), or a list of them",
        absent: !fields.has("nodes"))
    }
    for (path, text) in given {
      switch NodeNames.expanded(text) {
      case .failure(let failure): fields.refuse(path, failure.reason)
      case .success(let names):
        for name in names {
          if !seen.insert(name).inserted {
            fields.refuse(path, "node \(name) stands twice among the nodes")
          } else if next.nodes[name] == nil, !isDescribed(.node, name.text) {
            refuseUnknown(name.text, path, "Node", next.nodes.keys.map(\.text), &fields)
          }
          nodes.append(name)
        }
      }
    }
    return nodes
  }
}

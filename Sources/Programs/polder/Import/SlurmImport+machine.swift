extension SlurmImport {
  /// A node as Polder describes it.
  struct Node: Equatable {
    var gpuType = "none"
    var gpus = 0
    var cpus = 0
    var memoryMiB = 0
    var shardsPerGPU = 0
    var features: [String] = []
  }

  // MARK: Nodes

  mutating func importNodes(_ text: String) -> [String: Node] {
    var nodes: [String: Node] = [:]
    var alike: [(node: Node, names: [String])] = []
    for record in ScontrolText.records(text, beginningWith: "NodeName") {
      guard let name = record["NodeName"], Self.isID(name), let node = node(record, name) else {
        cannot(
          "node \(record["NodeName"] ?? "?"): it has no name, CPUs or memory that Polder takes")
        continue
      }
      nodes[name] = node
      if let place = alike.firstIndex(where: { $0.node == node }) {
        alike[place].names.append(name)
      } else {
        alike.append((node, [name]))
      }
    }
    let items = alike.map { node, names in
      var item = [
        "id: \(HostList.compressed(names))", "gpuType: \(node.gpuType)", "gpus: \(node.gpus)",
        "cpus: \(node.cpus)", "memory: \(node.memoryMiB) MiB",
      ]
      if node.shardsPerGPU > 0 { item.append("shardsPerGPU: \(node.shardsPerGPU)") }
      if !node.features.isEmpty {
        item.append("features: [\(node.features.joined(separator: ", "))]")
      }
      return item
    }
    add("nodes.yaml", "What each node has, as Slurm has it.", Self.document("Node", items))
    return nodes
  }

  private mutating func node(_ record: ScontrolText.Record, _ name: String) -> Node? {
    var node = Node()
    node.cpus = (record["CPUTot"] ?? record["CPUEfctv"]).flatMap { Int($0) } ?? 0
    node.memoryMiB = record["RealMemory"].flatMap { Int($0) } ?? 0
    guard node.cpus > 0, node.memoryMiB > 0 else { return nil }
    var shards = 0
    for gres in Self.gres(record["Gres"] ?? "") {
      switch gres.name {
      case "gpu" where node.gpus == 0:
        node.gpus = gres.count
        node.gpuType = gres.type ?? "gpu"
      case "gpu":
        cannot(
          "node \(name): GPUs of a second type, \(gres.type ?? "gpu"); a node has one in Polder")
      case "shard": shards += gres.count
      default: cannot("node \(name): Gres \(gres.name) is none that Polder plans")
      }
    }
    if shards > 0, node.gpus > 0 { node.shardsPerGPU = shards / node.gpus }
    for word in (record["AvailableFeatures"] ?? "").split(separator: ",").map(String.init) {
      if Self.isID(word) {
        node.features.append(word)
      } else {
        cannot("node \(name): feature '\(word)' is no name in Polder")
      }
    }
    return node
  }

  /// Of `gpu:h100:4(S:0-1),shard:16`.
  static func gres(_ text: String) -> [(name: String, type: String?, count: Int)] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if depth == 0 {
        if character == "," { parts.append("") } else { parts[parts.count - 1].append(character) }
      }
      if character == ")" { depth -= 1 }
    }
    return parts.filter { !$0.isEmpty }.map { part in
      let words = part.split(separator: ":").map(String.init)
      let last = words.last ?? ""
      let unit = last.hasSuffix("K") ? 1024 : 1
      let count = words.count > 1 ? Int(last.prefix { $0.isNumber }).map { $0 * unit } : 1
      let type = words.count > 2 || (words.count == 2 && count == nil) ? words[1] : nil
      return (words.first ?? "", type, count ?? 1)
    }
  }

  // MARK: Partitions

  mutating func importPartitions(_ text: String, _ nodes: [String: Node]) {
    var items: [[String]] = []
    for record in ScontrolText.records(text, beginningWith: "PartitionName") {
      guard let name = record["PartitionName"], Self.isID(name) else { continue }
      let own = NodeRanges.expanded(record["Nodes"] ?? "").filter { nodes[$0] != nil }
      guard !own.isEmpty else {
        cannot("partition \(name): none of its nodes is known")
        continue
      }
      items.append(partition(name, record, own.compactMap { nodes[$0] }, own))
      tellRest(of: record, name)
    }
    add(
      "partitions.yaml", "Partitions: nodes, time limits, and what they cost.",
      Self.document("Partition", items))
  }

  private mutating func partition(
    _ name: String, _ record: ScontrolText.Record, _ nodes: [Node], _ names: [String]
  ) -> [String] {
    let model = nodes.first { $0.gpus > 0 } ?? nodes[0]
    var maximum = record["MaxTime"] ?? "UNLIMITED"
    if maximum == "UNLIMITED" {
      maximum = "7-00:00:00"
      chose("partition \(name): MaxTime is UNLIMITED, which Polder refuses; 7 days were put")
    }
    var standard = record["DefaultTime"] ?? "NONE"
    if standard == "NONE" || standard == "UNLIMITED" {
      standard = maximum
      chose("partition \(name): there is no DefaultTime; the maximum was put")
    }
    let defaults = (record["JobDefaults"] ?? "").split(separator: ",").map {
      $0.split(separator: "=").map(String.init)
    }
    func standardPerGPU(_ key: String) -> Int? {
      defaults.first { $0.first?.lowercased() == key }?.last.flatMap { Int($0) }
    }
    let parts = max(model.gpus, 1)
    let cpus = standardPerGPU("defcpupergpu") ?? max(model.cpus / parts, 1)
    let memory = standardPerGPU("defmempergpu") ?? max(model.memoryMiB / parts, 1)
    let rates = rates(name, record, model)
    return [
      "id: \(name)", "nodes: \(HostList.compressed(names))",
      "wholeNodes: \(record["OverSubscribe"] == "EXCLUSIVE")",
      "timeLimit: {default: \"\(standard)\", maximum: \"\(maximum)\"}",
      "defaultsPerGPU: {cpus: \(cpus), memory: \(memory) MiB}",
      "rates: {perGPU: 1.000, perCPU: \(Self.rate(rates.cpu)), perGiB: \(Self.rate(rates.gib))}",
    ]
  }

  /// By TRESBillingWeights where a GPU has one; else so that a whole node weighs what its GPUs do.
  private mutating func rates(
    _ name: String, _ record: ScontrolText.Record, _ model: Node
  ) -> (cpu: Double, gib: Double) {
    var weights: [String: Double] = [:]
    for word in (record["TRESBillingWeights"] ?? "").split(separator: ",") {
      let parts = word.split(separator: "=").map(String.init)
      guard parts.count == 2, let number = Double(parts[1].prefix { $0.isNumber || $0 == "." })
      else { continue }
      let scale = parts[1].hasSuffix("M") ? 1024.0 : parts[1].hasSuffix("T") ? 1 / 1024 : 1
      weights[parts[0].lowercased()] = number * (parts[0].lowercased() == "mem" ? scale : 1)
    }
    if let gpu = weights["gres/gpu"], gpu > 0 {
      chose("partition \(name): rates are TRESBillingWeights divided by that of a GPU")
      for key in ["cpu", "mem"] {
        let meant = (weights[key] ?? 0) / gpu
        let rate = Self.rate(meant)
        guard Double(rate).map({ abs($0 - meant) > 0.000_001 }) ?? true else { continue }
        chose("partition \(name): the weight of \(key), \(meant) of a GPU's, is cut to \(rate)")
      }
      for key in weights.keys.sorted() where !["cpu", "mem", "gres/gpu"].contains(key) {
        cannot("partition \(name): TRESBillingWeights of \(key); GPUs, CPUs and memory are charged")
      }
      return ((weights["cpu"] ?? 0) / gpu, (weights["mem"] ?? 0) / gpu)
    }
    let gpus = Double(max(model.gpus, 1))
    chose(
      "partition \(name): rates were put so that a whole node weighs \(max(model.gpus, 1)) "
        + "GPU-equivalents")
    return (gpus / Double(model.cpus), gpus / (Double(model.memoryMiB) / 1024))
  }

  /// Three decimals, and not above what was meant.
  private static func rate(_ value: Double) -> String {
    let thousandths = min(max(Int((value * 1000 + 0.000_001).rounded(.down)), 0), 1_000_000)
    let rest = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
  }

  /// What says anything and has no place in a Partition.
  private mutating func tellRest(of record: ScontrolText.Record, _ name: String) {
    if record["Default"] == "YES" {
      chose("partition \(name) is Slurm's default: put defaultPartition: \(name) into polderd.yaml")
    }
    let isTaken: Set<String> = [
      "PartitionName", "Nodes", "NodeSets", "DefaultTime", "MaxTime", "OverSubscribe", "Default",
      "JobDefaults", "TRESBillingWeights", "TotalCPUs", "TotalNodes", "TRES", "DefMemPerCPU",
      "DefMemPerNode",
    ]
    let says = ["ALL", "NO", "NONE", "UNLIMITED", "OFF", "0"]
    let usual = ["State": "UP", "PriorityTier": "1", "PriorityJobFactor": "1", "MinNodes": "1"]
    for key in record.keys where !isTaken.contains(key) {
      guard let value = record[key], !says.contains(value), usual[key] != value else { continue }
      cannot("partition \(name): \(key)=\(value)")
    }
    for key in ["DefMemPerCPU", "DefMemPerNode"] {
      guard let value = record[key], !says.contains(value) else { continue }
      chose("partition \(name): \(key)=\(value) is left out; defaultsPerGPU say what jobs get")
    }
    if let sharing = record["OverSubscribe"], sharing != "NO", sharing != "EXCLUSIVE" {
      cannot("partition \(name): OverSubscribe=\(sharing); Polder gives what is taken to one job")
    }
  }
}

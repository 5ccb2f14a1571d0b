import BridgeProtocol
import Domain
import Wire

/// What differs between a centre and a look at Slurm. Pure.
struct Drift {
  let centre: Centre
  /// Of the last look.
  let seen: [NodeObservation]
  /// Slurm's partitions, by the same look.
  var partitions: [PartitionObservation] = []
  /// Nodes on which something runs that is not Polder's, with what it is.
  let foreign: [NodeName: String]
  /// What of it was never Polder's, and stays so.
  var strangers: [Adoption.Stranger] = []

  private static let describe = "describe it as it is: polder apply"

  /// By kind and subject.
  var differences: [DriftDifference] {
    (nodes + partitionNodes + doors + jobs).sorted { ($0.kind, $0.subject) < ($1.kind, $1.subject) }
  }

  // MARK: Nodes

  private var nodes: [DriftDifference] {
    let known = Dictionary(seen.map { ($0.name, $0) }) { first, _ in first }
    var differences = seen.filter { NodeName($0.name).flatMap { centre.nodes[$0] } == nil }.map {
      DriftDifference(
        kind: "node", subject: $0.name, polder: "not described", slurm: Self.words($0),
        mend: "describe it: polder import slurm, polder apply")
    }
    for node in centre.nodes.values {
      guard let slurm = known[node.name.text] else {
        differences.append(
          DriftDifference(
            kind: "node", subject: node.name.text, polder: Self.words(node), slurm: "unknown",
            mend: "add it to slurm.conf, then scontrol reconfigure"))
        continue
      }
      differences += Self.differences(node, slurm)
    }
    return differences
  }

  private static func differences(_ node: Node, _ slurm: NodeObservation) -> [DriftDifference] {
    let gpus = slurm.gpus.filter { $0.count > 0 }
    let count = gpus.reduce(0) { $0 + $1.count }
    let types = gpus.map(\.type).filter { !$0.isEmpty }
    let isType = types.isEmpty || node.capacity.gpus == 0 || types == [node.gpuType]
    let pairs = [
      ("GPUs", "\(node.capacity.gpus)", "\(count)", node.capacity.gpus == count),
      ("GPU type", node.gpuType, types.joined(separator: ", "), isType),
      ("CPUs", "\(node.capacity.cpus)", "\(slurm.cpus)", node.capacity.cpus == slurm.cpus),
      (
        "memory", "\(node.capacity.memoryMiB) MiB", "\(slurm.memoryMiB) MiB",
        node.capacity.memoryMiB == slurm.memoryMiB
      ),
      (
        "shards", "\(node.shardsPerGPU * node.capacity.gpus)", "\(slurm.shards)",
        node.shardsPerGPU * node.capacity.gpus == slurm.shards
      ),
    ]
    return pairs.filter { !$0.3 }.map { what, polder, slurms, _ in
      DriftDifference(
        kind: "node", subject: node.name.text, polder: "\(what): \(polder)",
        slurm: "\(what): \(slurms)", mend: describe)
    } + (features(node, slurm).map { [$0] } ?? [])
  }

  /// What a job may ask for here, and Slurm would have it wait for ever for, or refuse.
  private static func features(_ node: Node, _ slurm: NodeObservation) -> DriftDifference? {
    let ours = Set(node.features.map(\.text))
    let lacking = ours.subtracting(slurm.features)
    guard !lacking.isEmpty else { return nil }
    let all = ours.union(slurm.features).sorted().joined(separator: ",")
    let command = [
      "scontrol", "update", "NodeName=\(node.name)", "AvailableFeatures=\(all)",
      "ActiveFeatures=\(all)",
    ]
    return DriftDifference(
      kind: "node", subject: node.name.text,
      polder: "features: \(ours.sorted().joined(separator: ", "))",
      slurm: slurm.features.isEmpty
        ? "no features" : "features: \(slurm.features.joined(separator: ", "))",
      mend: "\(command.joined(separator: " ")), and slurm.conf; or \(describe)", command: command)
  }

  private static func words(_ node: Node) -> String {
    words(node.capacity.gpus, node.capacity.cpus, node.capacity.memoryMiB)
  }

  private static func words(_ node: NodeObservation) -> String {
    let gpus = node.gpus.reduce(0) { $0 + $1.count }
    return words(gpus, node.cpus, node.memoryMiB)
  }

  private static func words(_ gpus: Int, _ cpus: Int, _ memoryMiB: Int) -> String {
    "\(counted(gpus, "GPU")), \(counted(cpus, "CPU")), \(memoryMiB) MiB"
  }

  // MARK: Partitions

  /// Which of the nodes that both know lie in a partition; a node that one lacks is told above.
  private var partitionNodes: [DriftDifference] {
    var slurms: [String: Set<String>] = [:]
    for node in seen {
      for partition in node.partitions { slurms[partition, default: []].insert(node.name) }
    }
    let names = Set(seen.map(\.name))
    var differences: [DriftDifference] = []
    for partition in centre.partitions.values {
      let name = partition.name.text
      let ours = Set(partition.nodes.map(\.text)).intersection(names)
      guard let theirs = slurms[name] else {
        differences.append(
          DriftDifference(
            kind: "partition", subject: name, polder: Self.list(ours), slurm: "unknown, or empty",
            mend: "add it to slurm.conf, then scontrol reconfigure"))
        continue
      }
      if ours != theirs {
        differences.append(
          DriftDifference(
            kind: "partition", subject: name, polder: Self.list(ours), slurm: Self.list(theirs),
            mend: Self.describe
              + ", or scontrol update PartitionName=\(name) Nodes=\(Self.list(ours))",
            command: [
              "scontrol", "update", "PartitionName=\(name)", "Nodes=\(Self.list(ours))",
            ]))
      }
    }
    for (name, theirs) in slurms
    where PartitionName(name).flatMap({ centre.partitions[$0] }) == nil {
      differences.append(
        DriftDifference(
          kind: "partition", subject: name, polder: "not described", slurm: Self.list(theirs),
          mend: "describe it: polder import slurm, polder apply; until then its jobs are refused"))
    }
    return differences
  }

  private static func list(_ names: Set<String>) -> String {
    CanonicalText.nodes(names.compactMap { NodeName($0) })
  }

  // MARK: Jobs

  private var jobs: [DriftDifference] {
    let theirs = Set(strangers.flatMap(\.nodes))
    return strangers.map(Self.difference(of:))
      + foreign.filter { !theirs.contains($0.key) }.map { node, what in
        DriftDifference(
          kind: "job", subject: node.text, polder: "nothing is planned there", slurm: what,
          mend: "let it end, or scancel it")
      }
  }

  private static func difference(of job: Adoption.Stranger) -> DriftDifference {
    let account = job.account.isEmpty ? "" : " in account \(job.account)"
    return DriftDifference(
      kind: "job", subject: "\(job.slurmJobID)", polder: "not Polder's: \(job.reason)",
      slurm: "runs for \(job.user)\(account) on \(CanonicalText.nodes(job.nodes))",
      mend: "let it end, or scancel \(job.slurmJobID)"
        + (job.isByPolicy ? ", or unknownJobs: adopt in polderd.yaml" : ""))
  }
}

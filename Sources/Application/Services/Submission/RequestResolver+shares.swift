import Domain
import Wire

extension RequestResolver {
  /// The part of one GPU that a draft asks for on each node, in thousandths; nil if it shares none.
  func shareOfGPU(
    _ draft: SubmissionDraft, _ terms: NodeTerms, _ partition: Partition
  ) throws(Problem) -> Int? {
    guard let shards = draft.shards else { return nil }
    guard draft.gpus ?? 0 == 0, draft.gpusPerNode ?? 0 == 0, draft.gpusPerTask ?? 0 == 0 else {
      throw contradiction(
        "shards of a GPU and whole GPUs in one job", "ask for --gres=shard:N or for GPUs")
    }
    guard !draft.exclusive else {
      throw contradiction(
        "a share of a GPU on whole nodes", "leave --exclusive out, or ask for GPUs")
    }
    guard !partition.wholeNodes else {
      throw Problem(
        title: "No GPU is shared", status: 422, code: "shards",
        detail: "partition \(partition.name) gives whole nodes, and no shards of GPUs",
        nextStep: "ask for whole GPUs, or for another partition")
    }
    var isPerGPU = draft.cpusPerGPU != nil
    if case .perGPU = draft.memory { isPerGPU = true }
    guard !isPerGPU else {
      throw contradiction(
        "CPUs or memory for each GPU, and a share of one",
        "say --cpus-per-task and --mem of the job itself")
    }
    let cuts = Set(
      partition.nodes.compactMap { node($0, terms) }
        .filter { draft.gpuType == nil || $0.gpuType == draft.gpuType }
        .filter { terms.accepts($0) && $0.shardsPerGPU > 0 }.map(\.shardsPerGPU))
    guard let perGPU = cuts.first, cuts.count == 1 else {
      throw Problem(
        title: cuts.isEmpty ? "No GPU is shared" : "Shards of which GPUs?", status: 422,
        code: "shards",
        detail: cuts.isEmpty
          ? "no GPU of partition \(partition.name) that the job could get is cut into shards"
          : "the GPUs of partition \(partition.name) are cut into "
            + cuts.sorted().map(String.init).joined(separator: ", ") + " shards",
        nextStep: cuts.isEmpty
          ? "ask for whole GPUs, or for another partition"
          : "name their type with --gres=shard:TYPE:N, or a feature with --constraint")
    }
    guard shards <= perGPU else {
      throw Problem(
        title: "More than one GPU in shards", status: 422, code: "shards",
        detail: "\(counted(shards, "shard")) asked; a share lies on one GPU, which has "
          + "\(counted(perGPU, "shard"))",
        nextStep: "ask for --gres=shard:\(perGPU) or less, or for whole GPUs")
    }
    return GPUShards.thousandths(of: shards, perGPU: perGPU)
  }
}

extension NodeResources {
  /// What comes with a part of a GPU, rounded down so that the part itself weighs most; all of it
  /// with a whole one.
  fileprivate func part(thousandths: Int) -> NodeResources {
    NodeResources(
      gpus: 1, cpus: max(cpus * thousandths / 1000, 1),
      memoryMiB: max(memoryMiB * thousandths / 1000, 1))
  }

  func part(_ thousandths: Int?) -> NodeResources {
    thousandths.map { part(thousandths: $0) } ?? self
  }
}

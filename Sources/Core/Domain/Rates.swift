/// The weights of one partition, in thousandths of a GPU-equivalent.
///
/// The weight of a node's share is the largest of its GPU, CPU and memory share, so that hours of
/// one kind can't be stranded behind another.
package struct Rates: Hashable, Sendable {
  /// For each GPU of a type that has no weight of its own.
  package let perGPU: Int64
  /// For each CPU.
  package let perCPU: Int64
  /// For each GiB of memory.
  package let perGiB: Int64
  /// For each GPU of a type, by the type's name in Slurm's Gres. A MIG slice is a type of its own
  /// (`h100_1g.10gb`).
  package let perGPUOfType: [String: Int64]
  /// For a whole GPU that is taken in shares (Slurm's `shard`); nil if shares weigh what they are
  /// of their GPU.
  package let perSharedGPU: Int64?

  package init(
    perGPU: Int64, perCPU: Int64, perGiB: Int64, perGPUOfType: [String: Int64] = [:],
    perSharedGPU: Int64? = nil
  ) {
    self.perGPU = perGPU
    self.perCPU = perCPU
    self.perGiB = perGiB
    self.perGPUOfType = perGPUOfType
    self.perSharedGPU = perSharedGPU
  }

  /// The weight of one GPU of a type.
  package func perGPU(of type: String?) -> Int64 {
    type.flatMap { perGPUOfType[$0] } ?? perGPU
  }

  /// The weight of what is occupied on one node whose GPUs are of a type; of an unknown type (nil)
  /// what a type without a weight of its own weighs.
  package func weight(of share: NodeResources, gpuType: String?) -> Weight {
    parts(of: share, gpuType: gpuType).weight
  }

  /// The same, part by part: what explains a weight is what made it.
  package func parts(of share: NodeResources, gpuType: String?) -> WeightParts {
    WeightParts(
      gpus: share.gpuThousandths > 0
        ? weight(ofShares: Int64(share.gpuThousandths), gpuType: gpuType)
        : Weight(thousandths: Int64(share.gpus) * perGPU(of: gpuType)),
      cpus: Weight(thousandths: Int64(share.cpus) * perCPU),
      memory: Weight(thousandths: Self.up(Int64(share.memoryMiB) * perGiB, per: 1024)))
  }

  /// The weight of shares of GPUs of a type, in thousandths of a GPU.
  package func weight(ofShares thousandths: Int64, gpuType: String?) -> Weight {
    Weight(
      thousandths: Self.up(thousandths * (perSharedGPU ?? perGPU(of: gpuType)), per: 1000))
  }

  /// What a whole GPU weighs by which a share of a node is priced: of one that is taken in shares what
  /// the rates say of those.
  package func perGPU(of type: String?, in share: NodeResources) -> Int64 {
    share.gpuThousandths > 0 ? perSharedGPU ?? perGPU(of: type) : perGPU(of: type)
  }

  /// The one rounding rule of the books: a fraction of a thousandth, which only memory that is no
  /// whole GiB and shares of a GPU can make, is rounded up.
  private static func up(_ product: Int64, per unit: Int64) -> Int64 {
    (product + unit - 1) / unit
  }
}

/// What each part of a node's share weighs.
package struct WeightParts: Hashable, Sendable {
  package let gpus: Weight
  package let cpus: Weight
  package let memory: Weight

  /// The largest.
  package var weight: Weight { max(gpus, cpus, memory) }

  /// Which part is the largest; of equal ones the first of GPUs, CPUs, memory.
  package var largest: Part {
    gpus == weight ? .gpus : cpus == weight ? .cpus : .memory
  }

  package enum Part: String, Hashable, Sendable {
    case gpus = "GPU"
    case cpus = "CPU"
    case memory
  }
}

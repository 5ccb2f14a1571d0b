package import Domain

/// What one task asks of one node of a pool whose GPUs are shared.
package struct SharedRequest: Hashable, Sendable {
  /// How many GPUs, all of one node; 0 for a task that only needs CPUs and memory.
  package let gpus: Int
  /// Of each of them, in thousandths: 1000 is a whole GPU. 0 if no GPU is asked for.
  package let thousandthsPerGPU: Int
  package let cpuThousandths: Int
  package let memoryMiB: Int
  /// The types that will do, ascending and unique; empty for any.
  package let gpuTypes: [String]

  /// Nil if a number is negative, or a share is none or more than a GPU. Whole GPUs are the default.
  package init?(
    gpus: Int, thousandthsPerGPU: Int? = nil, cpuThousandths: Int, memoryMiB: Int,
    gpuTypes: [String] = []
  ) {
    let share = gpus == 0 ? 0 : thousandthsPerGPU ?? SharedRequest.wholeGPU
    guard (0...SharedRequest.mostGPUs).contains(gpus),
      gpus == 0 || (1...SharedRequest.wholeGPU).contains(share),
      (0...SharedRequest.mostThousandths).contains(cpuThousandths),
      (0...SharedRequest.mostThousandths).contains(memoryMiB)
    else { return nil }
    self.gpus = gpus
    self.thousandthsPerGPU = share
    self.cpuThousandths = cpuThousandths
    self.memoryMiB = memoryMiB
    self.gpuTypes = Set(gpuTypes).sorted()
  }

  /// The thousandths of a whole GPU.
  package static let wholeGPU = 1000

  /// Bounds of what comes from outside, far beyond any node: no sum can overflow.
  package static let mostGPUs = 1024
  package static let mostThousandths = 1 << 40

  /// Of all GPUs together.
  package var gpuThousandths: Int { gpus * thousandthsPerGPU }
}

/// A node of a pool as it is when nothing runs on it.
package struct PoolNode: Hashable, Sendable {
  package let name: NodeName
  /// Nil for a node without GPUs.
  package let gpuType: String?
  package let gpus: Int
  package let cpuThousandths: Int
  package let memoryMiB: Int

  /// Nil if a number is negative or beyond the bounds of ``SharedRequest``.
  package init?(
    name: NodeName, gpuType: String?, gpus: Int, cpuThousandths: Int, memoryMiB: Int
  ) {
    guard (0...SharedRequest.mostGPUs).contains(gpus),
      (0...SharedRequest.mostThousandths).contains(cpuThousandths),
      (0...SharedRequest.mostThousandths).contains(memoryMiB)
    else { return nil }
    self.name = name
    self.gpuType = gpuType
    self.gpus = gpus
    self.cpuThousandths = cpuThousandths
    self.memoryMiB = memoryMiB
  }
}

/// Where a task lies: a node of the pool, and which of its GPUs.
package struct SharedPlacement: Hashable, Sendable {
  /// The place of the node in ``SharedPool/nodes``.
  package let node: Int
  /// Indices within the node, ascending; Slurm may number the devices otherwise.
  package let gpus: [Int]
  package let request: SharedRequest
}

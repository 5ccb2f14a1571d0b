/// What is free on nodes whose GPUs are shared, as raw integers in structures of arrays: the GPUs of
/// all nodes lie one after the other, those of node `n` at `firstGPU[n]..<firstGPU[n + 1]`.
package struct SharedPool: Sendable {
  /// By name, ascending.
  package let nodes: [PoolNode]
  private(set) var firstGPU: [Int]
  /// Of each GPU, in thousandths.
  private(set) var gpuFree: [Int]
  /// Of all GPUs of a node, in thousandths.
  private(set) var gpuFreeOnNode: [Int]
  private(set) var cpuFree: [Int]
  private(set) var memoryFree: [Int]
  /// One bit for the type of a node's GPUs; none for a node without GPUs.
  let typeBit: [UInt64]
  private let bitOfType: [String: UInt64]

  /// Nothing runs on any node. Nil if two nodes have one name, or if there are more than
  /// ``mostTypes`` types of GPU.
  package init?(_ nodes: [PoolNode]) {
    let types = Set(nodes.compactMap(\.gpuType)).sorted()
    guard types.count <= SharedPool.mostTypes, Set(nodes.map(\.name)).count == nodes.count else {
      return nil
    }
    self.nodes = nodes.sorted { $0.name < $1.name }
    var bits: [String: UInt64] = [:]
    for (index, type) in types.enumerated() { bits[type] = 1 << UInt64(index) }
    bitOfType = bits
    typeBit = self.nodes.map { node in node.gpuType.flatMap { bits[$0] } ?? 0 }
    firstGPU = [0]
    for node in self.nodes { firstGPU.append((firstGPU.last ?? 0) + node.gpus) }
    gpuFree = Array(repeating: SharedRequest.wholeGPU, count: firstGPU.last ?? 0)
    gpuFreeOnNode = self.nodes.map { $0.gpus * SharedRequest.wholeGPU }
    cpuFree = self.nodes.map(\.cpuThousandths)
    memoryFree = self.nodes.map(\.memoryMiB)
  }

  /// How many types of GPU a pool can tell apart.
  package static let mostTypes = 64

  /// Types as bits of ``typeBit``; no name stands for all of them.
  func typeMask(of types: [String]) -> UInt64 {
    types.isEmpty ? .max : types.reduce(0) { $0 | (bitOfType[$1] ?? 0) }
  }

  /// What is free of each GPU of a node, in thousandths.
  package func freeGPUs(of node: Int) -> [Int] {
    Array(gpuFree[firstGPU[node]..<firstGPU[node + 1]])
  }

  /// What of all GPUs is taken, in thousandths.
  package var takenThousandths: Int {
    gpuFree.count * SharedRequest.wholeGPU - gpuFreeOnNode.reduce(0, +)
  }

  /// Of all GPUs, in thousandths.
  package var capacityThousandths: Int { gpuFree.count * SharedRequest.wholeGPU }

  /// True if CPUs, memory and type allow a request on a node; of its GPUs nothing is said.
  func hasRoomBesideGPUs(_ request: SharedRequest, _ typeMask: UInt64, on node: Int) -> Bool {
    request.cpuThousandths <= cpuFree[node] && request.memoryMiB <= memoryFree[node]
      && (request.gpus == 0 || typeBit[node] & typeMask != 0)
  }

  /// How many GPUs of a node have a share free.
  func gpus(of node: Int, withFree share: Int) -> Int {
    var count = 0
    for gpu in firstGPU[node]..<firstGPU[node + 1] where gpuFree[gpu] >= share { count += 1 }
    return count
  }

  /// Takes what a placement says. It must fit: that is the caller's to know.
  mutating func take(_ placement: SharedPlacement) { change(placement, by: -1) }

  /// Gives back what was taken.
  mutating func giveBack(_ placement: SharedPlacement) { change(placement, by: 1) }

  private mutating func change(_ placement: SharedPlacement, by sign: Int) {
    let request = placement.request
    let node = placement.node
    for gpu in placement.gpus {
      let place = firstGPU[node] + gpu
      gpuFree[place] += sign * request.thousandthsPerGPU
      precondition((0...SharedRequest.wholeGPU).contains(gpuFree[place]), "a GPU is taken once")
    }
    gpuFreeOnNode[node] += sign * request.gpuThousandths
    cpuFree[node] += sign * request.cpuThousandths
    memoryFree[node] += sign * request.memoryMiB
    precondition(cpuFree[node] >= 0 && memoryFree[node] >= 0, "a node is taken once")
  }
}

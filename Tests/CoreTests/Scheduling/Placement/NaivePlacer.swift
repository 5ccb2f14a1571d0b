import Domain
import Scheduling

/// Fragmentation gradient descent word for word: every node, every GPU, every task of the workload,
/// nothing remembered. The oracle of `SharedPlacer`.
struct NaivePlacer {
  struct State {
    var gpus: [Int]
    var cpu: Int
    var memory: Int
    let type: String
  }

  var nodes: [State]
  let workload: [SharedRequest]

  mutating func place(_ request: SharedRequest) -> (node: Int, gpus: [Int])? {
    var best: (key: [Int], gpus: [Int])?
    for node in nodes.indices {
      for gpus in choices(request, nodes[node]) {
        var after = nodes[node]
        take(request, gpus, from: &after, sign: 1)
        let grown = fragmentation(after) - fragmentation(nodes[node])
        let state = nodes[node]
        // Of equal GPUs the tightest, then the first: the order of `choices`.
        let key = [grown, state.gpus.reduce(0, +), state.cpu, state.memory, node]
        if best.map({ key.lexicographicallyPrecedes($0.key) }) ?? true { best = (key, gpus) }
      }
    }
    guard let best, let node = best.key.last else { return nil }
    take(request, best.gpus, from: &nodes[node], sign: 1)
    return (node, best.gpus.sorted())
  }

  mutating func remove(_ placement: SharedPlacement) {
    take(placement.request, placement.gpus, from: &nodes[placement.node], sign: -1)
  }

  private func take(_ request: SharedRequest, _ gpus: [Int], from node: inout State, sign: Int) {
    for gpu in gpus { node.gpus[gpu] -= sign * request.thousandthsPerGPU }
    node.cpu -= sign * request.cpuThousandths
    node.memory -= sign * request.memoryMiB
  }

  private func choices(_ request: SharedRequest, _ node: State) -> [[Int]] {
    guard node.cpu >= request.cpuThousandths, node.memory >= request.memoryMiB else { return [] }
    guard request.gpus > 0 else { return [[]] }
    guard request.gpuTypes.isEmpty || request.gpuTypes.contains(node.type) else { return [] }
    let fitting = node.gpus.indices.filter { node.gpus[$0] >= request.thousandthsPerGPU }
      .sorted { (node.gpus[$0], $0) < (node.gpus[$1], $1) }
    guard fitting.count >= request.gpus else { return [] }
    return request.gpus == 1 ? fitting.map { [$0] } : [Array(fitting.prefix(request.gpus))]
  }

  /// Section 4 of the paper, summed over the tasks.
  func fragmentation(_ node: State) -> Int {
    workload.reduce(0) { sum, task in
      let free = node.gpus.reduce(0, +)
      let fitting = node.gpus.filter { $0 >= task.thousandthsPerGPU }
      let accepts = task.gpuTypes.isEmpty || task.gpuTypes.contains(node.type)
      guard task.gpus > 0, accepts, fitting.count >= task.gpus, node.cpu >= task.cpuThousandths
      else { return sum + free }
      return sum + node.gpus.filter { $0 < task.thousandthsPerGPU }.reduce(0, +)
    }
  }
}

/// Places tasks one by one on nodes whose GPUs are shared, by one rule.
///
/// The simple semantics: try every node and every choice of GPUs on it, and take the first of the
/// best. For speed the cost of a task on a node is remembered until the node changes: one placement
/// changes one node, so a task like one that was placed before looks at a number for every node, and
/// computes it anew for those alone that changed.
package struct SharedPlacer: Sendable {
  package private(set) var pool: SharedPool
  private let rule: Rule
  /// Counts the changes of each node.
  private var version: [Int32]
  private var remembered: [SharedRequest: Int] = [:]
  private var costs: [CostsOfRequest] = []
  private var oldest = 0

  /// How many different requests the costs of are remembered; of others they are computed anew.
  package static let mostRemembered = 512

  package init(_ pool: SharedPool, rule: PlacementRule) {
    self.pool = pool
    self.rule =
      switch rule {
      case .firstFit: .firstFit
      case .bestFit: .bestFit
      case .fragmentationGradient(let workload):
        .gradient(Fragmentation(workload, in: pool))
      case .foresight(let workload): .foresight(Foresight(workload, in: pool))
      }
    version = Array(repeating: 0, count: pool.nodes.count)
  }

  /// Places a task and takes what it asks for; nil if no node has room for it.
  ///
  /// - Complexity: nodes, and for each node that changed since the request was last placed the
  ///   groups of the workload × the square of its GPUs.
  package mutating func place(_ request: SharedRequest) -> SharedPlacement? {
    let slot = slot(of: request)
    let typeMask = pool.typeMask(of: request.gpuTypes)
    var best: Int?
    for node in pool.nodes.indices {
      if costs[slot].version[node] != version[node] {
        costs[slot].cost[node] = cost(of: request, typeMask, on: node)
        costs[slot].version[node] = version[node]
      }
      guard costs[slot].cost[node] != .max else { continue }
      guard let found = best else {
        best = node
        if case .firstFit = rule { break }
        continue
      }
      if isBetter(node, than: found, costs[slot].cost) { best = node }
    }
    guard let node = best else { return nil }
    let placement = SharedPlacement(
      node: node, gpus: bestChoice(of: request, on: node).gpus, request: request)
    pool.take(placement)
    version[node] &+= 1
    return placement
  }

  /// Gives back what a task took.
  package mutating func remove(_ placement: SharedPlacement) {
    pool.giveBack(placement)
    version[placement.node] &+= 1
  }

  private enum Rule {
    case firstFit
    case bestFit
    case gradient(Fragmentation)
    case foresight(Foresight)
  }

  /// Of one request, by node: what it costs there, and at which version of the node.
  private struct CostsOfRequest {
    var request: SharedRequest
    /// `Int.max` where there is no room.
    var cost: [Int]
    var version: [Int32]
  }

  private func isBetter(_ node: Int, than other: Int, _ cost: [Int]) -> Bool {
    if cost[node] != cost[other] { return cost[node] < cost[other] }
    if pool.gpuFreeOnNode[node] != pool.gpuFreeOnNode[other] {
      return pool.gpuFreeOnNode[node] < pool.gpuFreeOnNode[other]
    }
    if pool.cpuFree[node] != pool.cpuFree[other] { return pool.cpuFree[node] < pool.cpuFree[other] }
    if pool.memoryFree[node] != pool.memoryFree[other] {
      return pool.memoryFree[node] < pool.memoryFree[other]
    }
    return node < other
  }

  private mutating func slot(of request: SharedRequest) -> Int {
    if let slot = remembered[request] { return slot }
    let fresh = CostsOfRequest(
      request: request, cost: Array(repeating: .max, count: pool.nodes.count),
      version: Array(repeating: -1, count: pool.nodes.count))
    guard costs.count >= SharedPlacer.mostRemembered else {
      costs.append(fresh)
      remembered[request] = costs.count - 1
      return costs.count - 1
    }
    let slot = oldest
    oldest = (oldest + 1) % costs.count
    remembered[costs[slot].request] = nil
    costs[slot] = fresh
    remembered[request] = slot
    return slot
  }

  private mutating func cost(
    of request: SharedRequest, _ typeMask: UInt64, on node: Int
  ) -> Int {
    guard pool.hasRoomBesideGPUs(request, typeMask, on: node),
      request.gpus == 0
        || pool.gpus(of: node, withFree: request.thousandthsPerGPU) >= request.gpus
    else { return .max }
    switch rule {
    case .firstFit, .bestFit: return 0
    case .gradient, .foresight: return bestChoice(of: request, on: node).cost
    }
  }

  /// The best GPUs of a node on which there is room.
  private mutating func bestChoice(
    of request: SharedRequest, on node: Int
  ) -> (gpus: [Int], cost: Int) {
    switch rule {
    case .firstFit:
      let fitting = pool.fittingGPUs(request, on: node)
      return (Array(fitting.prefix(request.gpus)), 0)
    case .bestFit:
      return (pool.tightestGPUs(request, on: node), 0)
    case .gradient(let fragmentation):
      return leastLoss(of: request, on: node) { fragmentation.usable(on: node, in: $0) }
    case .foresight(let foresight):
      return leastLoss(of: request, on: node) { foresight.worth(of: node, in: $0) }
    }
  }

  private mutating func leastLoss(
    of request: SharedRequest, on node: Int, worth: (SharedPool) -> Int
  ) -> (gpus: [Int], cost: Int) {
    let before = worth(pool)
    var best: (gpus: [Int], cost: Int)?
    for gpus in pool.choices(request, on: node) {
      let placement = SharedPlacement(node: node, gpus: gpus, request: request)
      pool.take(placement)
      let cost = before - worth(pool)
      pool.giveBack(placement)
      if best.map({ cost < $0.cost }) ?? true { best = (gpus, cost) }
    }
    return best ?? ([], .max)
  }
}

extension SharedPool {
  /// GPUs of a node that have a request's share free, ascending.
  func fittingGPUs(_ request: SharedRequest, on node: Int) -> [Int] {
    let first = firstGPU[node]
    return (0..<firstGPU[node + 1] - first).filter {
      gpuFree[first + $0] >= request.thousandthsPerGPU
    }
  }

  /// As many of them as are wanted, those with the least free; ascending.
  func tightestGPUs(_ request: SharedRequest, on node: Int) -> [Int] {
    let first = firstGPU[node]
    let fitting = fittingGPUs(request, on: node)
    guard fitting.count > request.gpus else { return fitting }
    return fitting.sorted { (gpuFree[first + $0], $0) < (gpuFree[first + $1], $1) }
      .prefix(request.gpus).sorted()
  }

  /// The choices worth a trial, the tightest first: for one GPU each different amount that is free,
  /// for several the tightest alone.
  func choices(_ request: SharedRequest, on node: Int) -> [[Int]] {
    guard request.gpus == 1 else { return [tightestGPUs(request, on: node)] }
    let first = firstGPU[node]
    var seen: [Int] = []
    let sorted = fittingGPUs(request, on: node).sorted {
      (gpuFree[first + $0], $0) < (gpuFree[first + $1], $1)
    }
    return sorted.compactMap { gpu in
      guard seen.last != gpuFree[first + gpu] else { return nil }
      seen.append(gpuFree[first + gpu])
      return [gpu]
    }
  }
}

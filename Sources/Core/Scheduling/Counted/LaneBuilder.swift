import Domain

/// Counts the lanes of pools from what is free on their nodes over time.
struct LaneBuilder {
  private(set) var profiles: [Profile] = []

  /// Adds a pool; what the pass keeps of it.
  mutating func add(
    _ pool: Pools.Pool, _ wishes: TaskKinds.Wishes, _ pass: borrowing PlanningPass
  ) -> CountedPass.PoolState {
    let grid = Grid(now: pass.now)
    let lanes = PoolLanes(
      groups: wishes.groups.sorted(),
      countsCPUs: wishes.isUneven || Self.isUneven(pool, pass), capacity: pool.capacity)
    var first = [Int64](repeating: 0, count: lanes.laneCount)
    var times: [Int64] = []
    var changes: [Int64] = []
    var here: [Int64] = []
    var next: [Int64] = []
    for node in TaskKinds.usable(pool, pass) {
      let steps = pass.availability.steps(of: node)
      lanes.measures(of: steps[0].free, into: &here)
      for lane in first.indices { first[lane] += here[lane] }
      for step in steps.dropFirst() {
        lanes.measures(of: step.free, into: &next)
        var isLoss = false
        for lane in first.indices {
          changes.append(next[lane] - here[lane])
          if next[lane] < here[lane] { isLoss = true }
        }
        times.append(isLoss ? grid.down(step.begin) : grid.up(step.begin))
        swap(&here, &next)
      }
    }
    let order = times.indices.sorted { times[$0] < times[$1] }
    profiles.append(
      Profile(
        from: grid.now, values: first, times: order.map { times[$0] },
        changes: order.flatMap { changes[$0 * first.count..<($0 + 1) * first.count] }))
    var free: [Int?] = []
    for node in pool.nodes {
      free.append(
        pass.nodes[node].state == .up ? pass.availability.freeNow(on: node).gpus : nil)
    }
    return CountedPass.PoolState(
      lanes: lanes,
      shelf: NodeShelf(nodes: pool.nodes, gpus: pool.capacity.gpus, free: free),
      nextChange: order.lazy.map { times[$0] }.first { $0 > grid.now } ?? .max)
  }

  /// True if somewhere, some time, fewer CPUs or less memory is left than comes with the GPUs left.
  private static func isUneven(_ pool: Pools.Pool, _ pass: borrowing PlanningPass) -> Bool {
    let whole = pool.capacity
    for node in pool.nodes {
      for step in pass.availability.steps(of: node) where step.free.gpus > 0 {
        let free = step.free
        if free.cpus * whole.gpus < free.gpus * whole.cpus
          || free.memoryMiB * whole.gpus < free.gpus * whole.memoryMiB
        {
          return true
        }
      }
    }
    return false
  }
}

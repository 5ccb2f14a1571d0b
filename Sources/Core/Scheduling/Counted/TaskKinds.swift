import Domain

/// The tasks of a queue by what they ask for, and where each kind could lie: found once for a kind
/// and not for each task.
struct TaskKinds {
  /// One pool on which tasks of a kind could lie.
  struct Place {
    let pool: Int
    /// In the ``Capacity``.
    let shape: Int
    /// Occupied on each node.
    let share: NodeResources
    let nodeWeight: Weight
    /// Which of the partitions that the request lists it is in; 0 where it names one.
    let listed: Int
  }

  /// Tasks that ask for the same.
  struct Kind {
    /// The place in the queue of the first of them.
    let first: Int
    /// In the first of its partitions.
    let isWhole: Bool
    let nodeCount: Int
    /// In ``TaskKinds/places``, as its partitions are listed, the lightest first; empty if no pool
    /// alone could hold it.
    var places = 0..<0
    /// Nodes that are up, of the pools on which it could lie.
    var usable = 0
  }

  /// What the tasks at hand want of a pool.
  struct Wishes {
    var groups: Set<Int> = []
    /// True if some task wants more CPUs or memory than comes with its GPUs.
    var isUneven = false
  }

  let pools: Pools
  private(set) var all: ContiguousArray<Kind> = []
  private(set) var places: ContiguousArray<Place> = []
  /// The number of the kind of each task, in the order given.
  private(set) var kind: ContiguousArray<Int> = []
  /// Of each pool.
  private(set) var wishes: [Wishes]

  private struct Key: Hashable {
    let partition: Int
    let type: Int
    let perNode: NodeResources
    let nodeCount: Int
    /// Among those met so far, or -1 for any.
    let terms: Int

    /// A mix of a few multiplications: the keys come from no adversary who could gain by collisions
    /// more than a slow plan of his own site, and the standard hash costs as much as the plan.
    func hash(into hasher: inout Hasher) {
      var mixed = UInt64(truncatingIfNeeded: perNode.memoryMiB) &* 0x9E37_79B9_7F4A_7C15
      mix(&mixed, perNode.gpus)
      mix(&mixed, perNode.cpus)
      mix(&mixed, nodeCount)
      mix(&mixed, partition << 8 ^ type ^ terms << 16)
      hasher.combine(mixed)
    }

    private func mix(_ mixed: inout UInt64, _ part: Int) {
      mixed = (mixed ^ UInt64(truncatingIfNeeded: part)) &* 0xBF58_476D_1CE4_E5B9
    }
  }

  init(_ pass: borrowing PlanningPass, _ rest: [Int]) {
    var terms: [NodeTerms: Int] = [:]
    var told: [NodeTerms] = []
    for rank in rest where !pass.queue[rank].request.terms.isAny {
      let next = pass.queue[rank].request.terms
      guard terms[next] == nil else { continue }
      terms[next] = terms.count
      // Who can't be planned yet cuts nothing.
      guard next.required.isEmpty, next.reservation == nil, next.switches == nil else { continue }
      if pass.queue[rank].eligibility == .eligible { told.append(next) }
    }
    pools = Pools.telling(told, pass.nodes, pass.places, pass.partitions)
    wishes = Array(repeating: Wishes(), count: pools.all.count)
    kind.reserveCapacity(rest.count)
    var numbers: [Key: Int] = [:]
    var partitions: [PartitionName] = []
    var lists: [[PartitionName]] = []
    var types: [String] = []
    for rank in rest {
      // Those that list several have numbers below zero.
      let partition =
        pass.queue[rank].request.otherPartitions.isEmpty
        ? Self.index(of: pass.queue[rank].request.partition, in: &partitions)
        : -1 - Self.index(of: pass.queue[rank].request.partitions, in: &lists)
      let type =
        pass.queue[rank].request.gpuType.map { Self.index(of: $0, in: &types) } ?? -1
      let nodeCount = pass.queue[rank].request.nodeCount
      let key = Key(
        partition: partition, type: type, perNode: pass.queue[rank].request.perNode,
        nodeCount: nodeCount,
        terms: pass.queue[rank].request.terms.isAny
          ? -1 : terms[pass.queue[rank].request.terms] ?? -1)
      if let number = numbers[key] {
        kind.append(number)
      } else {
        numbers[key] = all.count
        kind.append(all.count)
        let request = pass.queue[rank].request
        let isWhole = pass.partitions[request.partition]?.wholeNodes ?? false
        all.append(Kind(first: rank, isWhole: isWhole, nodeCount: nodeCount))
        for listed in request.byPartition {
          wish(listed, isWhole: pass.partitions[listed.partition]?.wholeNodes ?? false)
        }
      }
    }
  }

  /// There are few of them, and a comparison costs less than a hash.
  private static func index<Item: Equatable>(of item: Item, in items: inout [Item]) -> Int {
    if let index = items.firstIndex(of: item) { return index }
    items.append(item)
    return items.count - 1
  }

  private mutating func wish(_ request: JobRequest, isWhole: Bool) {
    guard !isWhole else { return }
    let share = request.perNode
    for pool in pools.fitting(request) {
      if share.gpus > 0 { wishes[pool].groups.insert(share.gpus) }
      if share.isUneven(in: pools.all[pool].capacity) { wishes[pool].isUneven = true }
    }
  }

  /// One kind alone, of the task at the head of a queue, on the same pools; nil if they were not
  /// counted in the lanes that it needs.
  func only(
    _ candidate: Candidate, _ pass: borrowing PlanningPass, _ lanes: [PoolLanes],
    _ capacity: inout Capacity
  ) -> TaskKinds? {
    let request = candidate.request
    let isWhole = pass.partitions[request.partition]?.wholeNodes ?? false
    let isCounted = request.byPartition.allSatisfy { listed in
      let isWhole = pass.partitions[listed.partition]?.wholeNodes ?? false
      return pools.fitting(listed).allSatisfy { isWhole || lanes[$0].count(listed.perNode) }
    }
    guard isCounted else { return nil }
    var other = self
    other.all = [Kind(first: 0, isWhole: isWhole, nodeCount: request.nodeCount)]
    other.places = []
    other.kind = [0]
    other.compile(pass, lanes, &capacity)
    return other
  }

  /// Finds the places of each kind, once the lanes of the pools are known.
  mutating func compile(
    _ pass: borrowing PlanningPass, _ lanes: [PoolLanes], _ capacity: inout Capacity
  ) {
    var up: [Int] = []
    for pool in pools.all { up.append(Self.usable(pool, pass).count) }
    for number in all.indices {
      let asked = pass.queue[all[number].first].request
      var found: [Place] = []
      for (listed, request) in asked.byPartition.enumerated() {
        guard let partition = pass.partitions[request.partition] else { continue }
        let rates = partition.rateCard(at: pass.problem.now).rates
        for pool in pools.fitting(request) {
          let whole = pools.all[pool].capacity
          let share = partition.wholeNodes ? whole : request.perNode
          let parts = lanes[pool].parts(
            share, nodes: request.nodeCount, isWhole: partition.wholeNodes)
          found.append(
            Place(
              pool: pool, shape: capacity.addShape(on: pool, parts), share: share,
              nodeWeight: rates.weight(of: share, gpuType: pools.all[pool].gpuType),
              listed: listed))
          all[number].usable = max(all[number].usable, up[pool])
        }
      }
      found.sort {
        ($0.listed, $0.nodeWeight.thousandths, $0.pool)
          < ($1.listed, $1.nodeWeight.thousandths, $1.pool)
      }
      all[number].places = places.count..<places.count + found.count
      places += found
    }
  }

  /// The nodes of a pool that are up.
  static func usable(_ pool: Pools.Pool, _ pass: borrowing PlanningPass) -> [Int] {
    var usable: [Int] = []
    for node in pool.nodes where pass.nodes[node].state == .up { usable.append(node) }
    return usable
  }
}

extension NodeResources {
  /// True if CPUs or memory of a node of this capacity can run out before its GPUs do.
  func isUneven(in capacity: NodeResources) -> Bool {
    cpus * capacity.gpus > gpus * capacity.cpus
      || memoryMiB * capacity.gpus > gpus * capacity.memoryMiB || capacity.gpus == 0
  }
}

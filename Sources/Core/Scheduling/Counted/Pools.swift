import Domain

/// The nodes in kinds: those of a *pool* have the same capacity and type of GPU, lie in the same
/// partitions and are accepted by the same terms of requests, so that any of them is as good as
/// another for every request.
struct Pools {
  struct Pool {
    let capacity: NodeResources
    let gpuType: String
    let partitions: Set<PartitionName>
    /// One bit for each of the terms at hand that accepts its nodes.
    let terms: UInt64
    /// For the tasks of a reservation, which are planned on exact nodes: those are free for a time only.
    let isSetAside: Bool
    /// Positions, ascending.
    var nodes: [Int]
  }

  let all: [Pool]
  /// By position of a node: its pool, and its index in that.
  let ofNode: [Int]
  let indexOfNode: [Int]
  private let terms: [NodeTerms]

  /// So many different terms are told apart; requests of any more are not planned on counts. Each
  /// can cut a pool in two, and the cost of a plan grows with the number of pools.
  static let mostTerms = 24

  /// Nobody may cut the nodes into more pools than this: tasks of several nodes would fit in none.
  static let most = 256

  /// The pools with as many terms told apart as make no more than ``most`` of them: features before
  /// lists of nodes, which are one member's own, and each in the order given.
  static func telling(
    _ terms: [NodeTerms], _ nodes: [NodeCondition], _ places: NodePlaces,
    _ partitions: [PartitionName: Partition]
  ) -> Pools {
    var told = Array(
      (terms.filter(\.excluded.isEmpty) + terms.filter { !$0.excluded.isEmpty }).prefix(mostTerms))
    while true {
      let pools = Pools(nodes, places, partitions, telling: told)
      guard pools.all.count > most, !told.isEmpty else { return pools }
      told.removeLast((told.count + 1) / 2)
    }
  }

  private struct Kind: Hashable {
    let capacity: NodeResources
    let gpuType: String
    let partitions: [Int]
    let terms: UInt64
    let reservation: ReservationName?
  }

  /// - Parameters:
  ///   - nodes: in order of position.
  ///   - terms: those of the requests at hand that require no node; at most ``mostTerms``.
  init(
    _ nodes: [NodeCondition], _ places: NodePlaces, _ partitions: [PartitionName: Partition],
    telling terms: [NodeTerms]
  ) {
    self.terms = terms
    let named = partitions.values.sorted { $0.name < $1.name }
    var memberships: [[Int]] = Array(repeating: [], count: nodes.count)
    for (index, partition) in named.enumerated() {
      for position in places[partition.name] { memberships[position].append(index) }
    }
    var numbers: [Kind: Int] = [:]
    var pools: [Pool] = []
    var (ofNode, indexOfNode): ([Int], [Int]) = ([], [])
    // Of nodes that follow each other most are alike.
    var last: (kind: Kind, number: Int)?
    for (position, condition) in nodes.enumerated() {
      let node = condition.node
      let kind = Kind(
        capacity: node.capacity, gpuType: node.gpuType,
        partitions: memberships[position],
        terms: terms.enumerated().reduce(0) {
          $1.element.accepts(node) ? $0 | 1 << UInt64($1.offset) : $0
        }, reservation: node.reservation)
      if let number = last?.kind == kind ? last?.number : numbers[kind] {
        last = (kind, number)
        ofNode.append(number)
        indexOfNode.append(pools[number].nodes.count)
        pools[number].nodes.append(position)
      } else {
        numbers[kind] = pools.count
        ofNode.append(pools.count)
        indexOfNode.append(0)
        pools.append(
          Pool(
            capacity: node.capacity, gpuType: node.gpuType,
            partitions: Set(kind.partitions.map { named[$0].name }), terms: kind.terms,
            isSetAside: kind.reservation != nil, nodes: [position]))
      }
    }
    all = pools
    self.ofNode = ofNode
    self.indexOfNode = indexOfNode
  }

  /// The numbers of the pools on which a request could lie, all its nodes on one of them; none if
  /// its terms are not told apart, if it names a reservation or wants few switches, or if it shares a
  /// GPU: where that fits is known of nodes alone.
  func fitting(_ request: JobRequest) -> [Int] {
    guard request.perNode.gpuThousandths == 0, request.terms.reservation == nil,
      request.terms.switches == nil
    else { return [] }
    let number = terms.firstIndex(of: request.terms)
    guard request.terms.isAny || number != nil else { return [] }
    let accepting = number.map { UInt64(1) << UInt64($0) } ?? 0
    return all.indices.filter {
      let pool = all[$0]
      return !pool.isSetAside && pool.partitions.contains(request.partition)
        && request.perNode.fits(in: pool.capacity) && request.nodeCount <= pool.nodes.count
        && (request.gpuType == nil || request.gpuType == pool.gpuType)
        && pool.terms & accepting == accepting
    }
  }
}

/// The lanes of one pool in a ``Capacity``: ways of counting what is free on the same nodes.
///
/// * A lane for each number `k` of GPUs that a task wants on a node: of each node the GPUs that can
///   be had in groups of `k`. A task of `k` GPUs on each of `n` nodes needs `n · k` of it.
/// * A lane of empty nodes, in the nodes' main unit (GPUs, or CPUs where they have none).
/// * CPUs and memory in all, where some task wants more of them than comes with its GPUs: else
///   GPUs are used up first.
///
/// What lies on known nodes (runs, what starts now, promises) counts exactly. What is planned for
/// later is taken from every lane as if it could be packed without loss: so a start that is
/// planned on counts is an estimate, and what starts now is always held against real nodes.
struct PoolLanes {
  /// Ascending.
  let groups: [Int]
  let countsCPUs: Bool
  let capacity: NodeResources

  /// How many lanes it has: the groups, then empty nodes, then CPUs and memory if counted.
  var laneCount: Int { groups.count + (countsCPUs ? 3 : 1) }
  /// The lane of empty nodes.
  var emptyLane: Int { groups.count }
  /// What an empty node counts in its lane.
  var unit: Int { capacity.gpus > 0 ? capacity.gpus : max(capacity.cpus, 1) }

  /// What a node with so much free adds to each lane, in order.
  func measures(of free: NodeResources, into lanes: inout [Int64]) {
    lanes.removeAll(keepingCapacity: true)
    let gpus = max(free.gpus, 0)
    for group in groups { lanes.append(Int64(gpus / group * group)) }
    lanes.append(free == capacity ? Int64(unit) : 0)
    if countsCPUs {
      lanes.append(Int64(max(free.cpus, 0)))
      lanes.append(Int64(max(free.memoryMiB, 0)))
    }
  }

  /// True if the lanes say whether a share of each of some nodes is free.
  func count(_ share: NodeResources) -> Bool {
    (share.gpus == 0 || groups.contains(share.gpus))
      && (countsCPUs || !share.isUneven(in: capacity))
  }

  /// What a task on so many nodes needs and takes.
  ///
  /// - Parameter share: of one node; all of it where `isWhole`.
  func parts(_ share: NodeResources, nodes count: Int, isWhole: Bool) -> [Capacity.Part] {
    let gpus = Int64(share.gpus * count)
    var parts: [Capacity.Part] = []
    for (offset, group) in groups.enumerated() where gpus > 0 {
      parts.append(
        Capacity.Part(
          lane: offset, needs: !isWhole && group == share.gpus ? gpus : 0, takes: gpus))
    }
    let used = isWhole ? unit * count : main(share) * count
    parts.append(
      Capacity.Part(lane: emptyLane, needs: isWhole ? Int64(used) : 0, takes: Int64(used)))
    if countsCPUs {
      for (offset, amount) in [share.cpus, share.memoryMiB].enumerated() where amount > 0 {
        let all = Int64(amount * count)
        parts.append(
          Capacity.Part(lane: emptyLane + 1 + offset, needs: isWhole ? 0 : all, takes: all))
      }
    }
    return parts
  }

  /// What a share takes of a node, in the node's main unit, rounded up.
  private func main(_ share: NodeResources) -> Int {
    guard capacity.gpus > 0 else { return share.cpus }
    guard share.gpus == 0, capacity.cpus > 0 else { return share.gpus }
    return (share.cpus * capacity.gpus + capacity.cpus - 1) / capacity.cpus
  }
}

import Domain

/// What a plan that is kept is asked between two full plans.
extension CountedPass {
  /// Where a task that was planned on counts for later lies.
  struct Laid {
    /// Of its place, in the capacity; −1 if it has no slot.
    var shape: Int32 = -1
    /// Which of its allocations pays.
    private(set) var option: Int32 = 0
    private(set) var begin: Int64 = 0
    /// As it was taken from the capacity.
    private(set) var end: Int64 = 0
    /// What the task asks for.
    private(set) var span: Int64 = 0

    var isLaid: Bool { shape >= 0 }

    init() {}

    init(_ slot: Slot, until end: Int64, span: Int64, _ options: [AllocationOption]) {
      shape = Int32(slot.place.shape)
      let allocation = slot.option.allocation
      option =
        options.count == 1
        ? 0 : Int32(options.firstIndex { $0.allocation == allocation } ?? 0)
      begin = slot.begin
      self.end = end
      self.span = span
    }
  }

  /// Time went on.
  mutating func advance(to now: Instant) {
    pass.advance(to: now)
    grid = Grid(now: pass.now)
  }

  /// Gives back what a run that has ended had of its nodes; their positions, of those that are up.
  /// Nil if it is not known. Nothing is given back of a time that is set aside.
  mutating func release(_ run: RunID, made: Instant) -> [Int]? {
    guard let (share, positions, until) = pass.release(run, made: made) else { return nil }
    var free: [Int] = []
    for position in positions where pass.nodes[position].state == .up {
      guard let end = pass.openUntil(position, atMost: until) else { continue }
      pass.give(share, on: position, from: pass.now, until: end)
      raise(position, by: share, until: end)
      free.append(position)
    }
    return free
  }

  /// Adds to the lanes what a node gained from now on, its times rounded so that never more is
  /// given than was gained.
  private mutating func raise(_ position: Int, by share: NodeResources, until end: Int64) {
    let pool = kinds.pools.ofNode[position]
    let lanes = pools[pool].lanes
    let steps = pass.availability.steps(of: position)
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1].begin : .max
      guard step.begin < end else { break }
      lanes.measures(of: step.free - share, into: &before)
      lanes.measures(of: step.free, into: &after)
      for lane in before.indices { after[lane] -= before[lane] }
      capacity.add(
        after[...], to: pool, from: step.begin > pass.now ? grid.up(step.begin) : pass.now,
        until: grid.down(min(next, end)))
    }
    pools[pool].failures = []
    pools[pool].vain = []
    pools[pool].starts += 1
    pools[pool].shelf.move(
      kinds.pools.indexOfNode[position], to: pass.availability.freeNow(on: position).gpus)
  }

  /// What became of a task that was asked whether it starts now.
  enum Attempt {
    case started
    /// Nobody of its kind has room for as long.
    case noRoom
    /// Something of its own is in the way: a limit, its window, its deadline.
    case kept
  }

  /// Starts a task that lies on counts if, its own slot aside, it fits now.
  mutating func startLaid(_ index: Int, _ rank: Int) -> Attempt {
    let lies = laid[index]
    let kind = kinds.all[kinds.kind[index]]
    guard let place = kinds.places[kind.places].first(where: { $0.shape == Int(lies.shape) })
    else { return .kept }
    let option = pass.queue[rank].options[Int(lies.option)]
    let limit = pass.queue[rank].request.timeLimit
    let shape = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: [])
    guard
      let hold = shape.cost(
        nodes: kind.nodeCount, seconds: pass.queue[rank].span.count, tasks: 1),
      pass.queue[rank].meetsDeadline(limit, from: pass.now),
      Instant(milliseconds: pass.now) + pass.queue[rank].span <= option.windowEnd
    else { return .kept }
    let slot = Slot(
      begin: pass.now, place: place, hold: hold, option: option, limit: limit,
      limits: pass.limits.places(of: option.limits))
    let use = use(rank, slot, kind)
    capacity.give(place.shape, from: lies.begin, until: lies.end)
    pass.limits.take(use, of: option.limits, from: lies.begin, until: lies.end, sign: -1)
    let hasRoom = start(place, kind, lies.span, notBefore: pass.now, .startNow) == pass.now
    guard hasRoom, pass.limits.have(use, of: option.limits, from: pass.now, span: lies.span)
    else {
      capacity.take(place.shape, from: lies.begin, until: lies.end)
      pass.limits.take(use, of: option.limits, from: lies.begin, until: lies.end)
      return hasRoom ? .kept : .noRoom
    }
    pass.limits.take(use, of: option.limits, from: pass.now, until: pass.now + lies.span)
    occupy(rank, kind, slot, lies.span)
    laid[index].shape = -1
    return .started
  }

  /// The same of one that has exact nodes, if some of these nodes are of use to it.
  mutating func startExact(_ rank: Int, in positions: [Int]) -> Bool {
    guard let (nodes, share) = pass.startReserved(rank, in: positions) else { return false }
    let end = pass.now + pass.queue[rank].span.count * 1000
    for node in nodes { lower(node, by: share, from: pass.now, until: end) }
    return true
  }
}

import Domain

/// The second tier of a plan: tasks behind those that are planned on exact nodes.
///
/// Their slots are found on counts of what is free in each pool over time (``PoolLanes``), which
/// costs the same on ten nodes and on ten thousand; so they are estimates and promise no nodes. A
/// task whose slot is now is held against real nodes, and starts only if enough of them take it for
/// its whole span beside what is promised; else it waits for the next change in its pool.
///
/// All nodes of a task lie in one pool. A request that no pool alone could hold is planned on
/// exact nodes after all, for the first ``mostStrays`` of a plan that have a start or a slot there.
struct CountedPass {
  /// Which slots are asked for.
  enum Mode {
    /// The earliest for everybody.
    case backfill
    /// The earliest for those that can start now and for the first that can't; then as `startNow`.
    case head
    /// Now, or none.
    case startNow
    /// The earliest that is not before the one of the task ahead.
    case inOrder(from: Int64)
  }

  static let mostStrays = 64
  /// So many are tried for that: those that money or a limit keeps from a slot take nobody's turn.
  static let mostTries = 1024

  var pass: PlanningPass
  var grid: Grid
  var kinds: TaskKinds
  var capacity: Capacity
  /// Void once something is given back, which no pass does.
  var bounds: PoolBounds
  var pools: [PoolState]
  /// Of each task that it was made with.
  var laid: ContiguousArray<Laid>
  var strays = Strays()
  /// Of each kind, what was found out for the first of it.
  var lacking: ContiguousArray<WaitReason?>
  var looks: ContiguousArray<Look?>
  /// Of each kind, after how many starts in which pool nodes with enough free were seen.
  var roomy: ContiguousArray<Room?>
  var reservedLooks: [ReservedKey: ReservationShortfall?] = [:]
  /// For ``PoolLanes/measures(of:into:)``.
  var before: [Int64] = []
  var after: [Int64] = []

  /// What changes in a pool during the pass.
  struct PoolState {
    let lanes: PoolLanes
    var shelf: NodeShelf
    /// The next instant at which something changes in it.
    var nextChange: Int64
    /// Who was planned last for a later start, and how many were.
    var lastPlanned: TaskID?
    var planned = 0
    /// Tasks that started in it.
    var starts = 0
    /// Questions that real nodes did not answer though counts did: whoever wants as much or more,
    /// for as long or longer, need not ask again, since a pass only takes.
    var failures: [Failure] = []
    /// The same of this moment alone.
    var vain: [Failure] = []
  }

  struct Room: Equatable {
    let pool: Int
    let starts: Int
  }

  /// What a look at the nodes of a pool said, and after how many starts there.
  struct Look {
    let pool: Int
    let starts: Int
    let reason: WaitReason
  }

  struct Failure {
    let share: NodeResources
    let count: Int
    let span: Int64

    func covers(_ other: Failure) -> Bool {
      share.fits(in: other.share) && count <= other.count && span <= other.span
    }
  }

  /// - Parameter rest: the places in the queue that are planned, or asked about, on counts.
  init(_ given: consuming PlanningPass, _ rest: [Int]) {
    let pass = given
    var kinds = TaskKinds(pass, rest)
    var builder = LaneBuilder()
    let wishes = kinds.wishes
    pools = kinds.pools.all.enumerated().map { builder.add($1, wishes[$0], pass) }
    capacity = Capacity(pools: builder.profiles)
    bounds = PoolBounds(laneCounts: pools.map(\.lanes.laneCount))
    kinds.compile(pass, pools.map(\.lanes), &capacity)
    self.kinds = kinds
    grid = Grid(now: pass.now)
    lacking = ContiguousArray(repeating: nil, count: kinds.all.count)
    looks = ContiguousArray(repeating: nil, count: kinds.all.count)
    roomy = ContiguousArray(repeating: nil, count: kinds.all.count)
    laid = ContiguousArray(repeating: Laid(), count: rest.count)
    self.pass = pass
  }

  /// Decides about tasks in order: the first of those that it was made with.
  ///
  /// - Parameter before: is shown the pass before each of them, with its place among them.
  mutating func walk(
    _ ranks: [Int], _ mode: inout Mode, before: (Int, borrowing CountedPass) -> Void = { _, _ in }
  ) {
    for (index, rank) in ranks.enumerated() {
      before(index, self)
      let floor = if case .inOrder(let from) = mode { from } else { pass.now }
      let begin = plan(rank, index, notBefore: floor, mode)
      switch mode {
      case .head: if let begin, begin > pass.now { mode = .startNow }
      case .inOrder: if let begin { mode = .inOrder(from: begin) }
      case .backfill, .startNow: break
      }
    }
  }

  /// What a task that it was made with, behind those of the queue, would get if it alone came last.
  func answer(
    _ rank: Int, after tiers: PlanningPass.Tiers, _ mode: Mode
  ) -> PlannedTask.Outcome {
    let index = tiers.counted.count + (tiers.countedProbes.firstIndex(of: rank) ?? 0)
    let floor = if case .inOrder(let from) = mode { from } else { pass.now }
    var trial = self
    _ = trial.plan(rank, index, notBefore: floor, mode)
    return trial.pass.decision(rank) ?? .wait(.noAllocation, expectedStart: nil)
  }

  /// Decides about one task; the begin of its slot if it has one.
  ///
  /// - Parameter index: its place among those that the pass was made with.
  mutating func plan(
    _ rank: Int, _ index: Int, notBefore floor: Int64, _ mode: Mode
  ) -> Int64? {
    let number = kinds.kind[index]
    if let reason = pass.obstacle(toTaskAt: rank) { return wait(rank, reason) }
    let kind = kinds.all[number]
    guard !kind.places.isEmpty else { return stray(rank, number, notBefore: floor, mode) }
    var reasons = Reasons()
    var found = find(rank, kind, notBefore: floor, mode, &reasons)
    if found?.begin != pass.now, floor == pass.now, pass.queue[rank].request.isShortenable {
      found = shortened(rank, kind) ?? found
    }
    guard let slot = found else {
      if reasons.unpaid?.isUnpaid == true, waitsForNodes(rank, kind) { reasons.unpaid = nil }
      return wait(
        rank,
        reasons.limited ?? reasons.unpaid
          ?? hindrance(rank, number, kinds.places[kind.places.lowerBound]))
    }
    let span = (slot.limit + pass.queue[rank].grace).count * 1000
    pass.spend(slot.hold, from: slot.option)
    // As on the lanes, the end of an estimate is rounded to where others may begin.
    let end =
      slot.begin == pass.now ? pass.now + span : grid.up(slot.begin + span, span: span)
    let use = use(rank, slot, kind)
    let limited =
      slot.begin == pass.now
      ? nil : pass.limits.shortfall(use, of: slot.option.limits, from: pass.now, span: span)
    pass.limits.take(use, at: slot.limits, from: slot.begin, until: end)
    if slot.begin == pass.now {
      occupy(rank, kind, slot, span)
    } else {
      let reason = limited ?? hindrance(rank, number, slot.place)
      capacity.take(slot.place.shape, from: slot.begin, until: end)
      laid[index] = Laid(slot, until: end, span: span, pass.queue[rank].options)
      pools[slot.place.pool].planned += 1
      pools[slot.place.pool].lastPlanned = pass.queue[rank].task
      if case .inOrder = mode { pass.holdingUp = pass.queue[rank].task }
      pass.decide(rank, .wait(reason, expectedStart: Instant(milliseconds: slot.begin)))
    }
    return slot.begin
  }

  mutating func wait(_ rank: Int, _ reason: WaitReason) -> Int64? {
    pass.decide(rank, .wait(reason, expectedStart: nil))
    return nil
  }

  func payment(
    _ options: [AllocationOption], _ hold: GPUTime, until end: Instant,
    _ unpaid: inout WaitReason?
  ) -> PlanningPass.Payment {
    let payment = pass.payment(from: options, hold: hold, until: end)
    if case .cannot(let reason) = payment { unpaid = unpaid ?? reason }
    return payment
  }
}

// MARK: - Slots

extension CountedPass {
  /// When a task could start in a pool; `Int64.max` if never, or not now where only now will do.
  ///
  /// - Parameter isFirst: false if its limits made it ask for a later floor than all others: what
  ///   is found then bounds nobody else.
  mutating func start(
    _ place: TaskKinds.Place, _ kind: TaskKinds.Kind, _ span: Int64, notBefore floor: Int64,
    _ mode: Mode, isFirst: Bool = true
  ) -> Int64 {
    guard isFirst else {
      return capacity.earliest(place.shape, span: span, notBefore: floor)
    }
    if case .startNow = mode {
      guard capacity.hasNow(place.shape, at: floor),
        capacity.has(place.shape, from: floor, span: span),
        nodes(place, kind, span) != nil
      else { return .max }
      return floor
    }
    let begin = capacity.earliest(place.shape, span: span, notBefore: floor, &bounds)
    guard begin == pass.now, nodes(place, kind, span) == nil else { return begin }
    let next = pools[place.pool].nextChange
    guard next < .max else { return .max }
    return capacity.earliest(place.shape, span: span, notBefore: next)
  }

  /// Real nodes that take a task now for its whole span, as indices into its pool.
  ///
  /// - Parameter more: how many more than it needs are looked for.
  private mutating func nodes(
    _ place: TaskKinds.Place, _ kind: TaskKinds.Kind, _ span: Int64, more: Int = 0
  ) -> [Int]? {
    let question = Failure(share: place.share, count: kind.nodeCount, span: span)
    guard !pools[place.pool].failures.contains(where: { $0.covers(question) }) else { return nil }
    let wanted = kind.nodeCount + more
    let found = pools[place.pool].shelf.first(wanted, withFree: place.share.gpus) {
      pass.availability.has(place.share, on: $0, from: pass.now, until: pass.now + span)
    }
    guard found.count < kind.nodeCount else { return found }
    pools[place.pool].failures.note(question)
    return nil
  }

  /// Among how many nodes more than it needs a task of whole nodes is placed behind as few switches as
  /// it can: the first by name, so that a start on an empty machine does not look at all of it.
  private static let choice = 256

  /// Starts a task.
  mutating func occupy(
    _ rank: Int, _ kind: TaskKinds.Kind, _ slot: Slot, _ span: Int64
  ) {
    let place = slot.place
    let topology = pass.availability.topology
    guard var found = nodes(place, kind, span) else { return }
    if !topology.isFlat, topology.takesAll(place.share, of: found.map(pools[place.pool].shelf.node))
    {
      found = nodes(place, kind, span, more: Self.choice) ?? found
    }
    let end = pass.now + span
    let fitting = found.map { pools[place.pool].shelf.node($0) }
    let positions =
      topology.choose(kind.nodeCount, whole: place.share, of: fitting)
      ?? Array(fitting.prefix(kind.nodeCount))
    pass.occupy(
      positions, place.share,
      PlanningPass.Tenancy(
        task: pass.queue[rank].task, begin: pass.now, end: end, rank: rank))
    for position in positions { lower(position, by: place.share, from: pass.now, until: end) }
    let placement = Placement(
      nodes: positions.map { pass.nodes[$0].node.name }, perNode: place.share,
      partition: pass.queue[rank].request.otherPartitions.isEmpty
        ? nil : pass.queue[rank].request.partitions[place.listed])
    pass.decide(
      rank, .start(placement, slot.option.allocation, hold: slot.hold, limit: slot.limit))
  }

  /// Takes from the lanes what a node lost by a task that was given a share of it: by the steps of
  /// the node, their times rounded so that never less is taken than was lost.
  mutating func lower(
    _ position: Int, by share: NodeResources, from begin: Int64, until end: Int64
  ) {
    let pool = kinds.pools.ofNode[position]
    let lanes = pools[pool].lanes
    let steps = pass.availability.steps(of: position)
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1].begin : .max
      guard next > begin else { continue }
      guard step.begin < end else { break }
      let from = max(step.begin, begin)
      lanes.measures(of: step.free + share, into: &before)
      lanes.measures(of: step.free, into: &after)
      for lane in before.indices { after[lane] -= before[lane] }
      capacity.add(
        after[...], to: pool, from: from > pass.now ? grid.down(from) : pass.now,
        until: next < end ? grid.down(next) : grid.up(end, span: end - begin))
    }
    if begin == pass.now {
      let free = pass.availability.freeNow(on: position).gpus
      pools[pool].shelf.move(kinds.pools.indexOfNode[position], to: free)
      pools[pool].nextChange = min(pools[pool].nextChange, grid.up(end, span: end - begin))
      pools[pool].starts += 1
    }
  }
}

extension [CountedPass.Failure] {
  /// Of those that are covered by it nothing need be known; the oldest is forgotten rather than that
  /// asking gets long.
  mutating func note(_ failure: CountedPass.Failure) {
    removeAll { failure.covers($0) }
    if count == 32 { removeFirst() }
    append(failure)
  }
}

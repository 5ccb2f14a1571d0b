import Domain

/// One walk over the queue: what is still free and what is still to spend, and the decisions so
/// far. The planners differ only in which slots they ask of it.
struct PlanningPass {
  var problem: PlanningProblem
  /// The tasks of the problem in order, then those that are only asked about.
  var queue: [Candidate]
  private(set) var now: Int64
  /// By name, so that an order of positions is an order of names. A node that is set aside for tasks at
  /// hand is there once more for these.
  let nodes: [NodeCondition]
  let places: NodePlaces
  let positions: [NodeName: Int]
  /// Of the nodes that are there once more.
  let reservedPositions: [ReservationName: [NodeName: Int]]
  let partitions: [PartitionName: Partition]
  var availability: Availability
  private(set) var reserved = ReservedNodes()
  /// Who is on each node, now or planned.
  var tenancies: [[Tenancy]]
  /// What the tasks decided so far leave of each budget.
  private(set) var left: [AllocationID: GPUTime]
  /// What they leave of each cap.
  private(set) var capLeft: [CapID: GPUTime]
  /// What they leave of each limit, over time.
  var limits: LimitProfiles
  /// By place in the queue of the problem; who has not had his turn waits.
  private var decisions: [PlannedTask]
  /// Of tasks that are only asked about, and of those that start once the plan is made.
  private var others: [Int: PlannedTask.Outcome] = [:]
  var reservations: [(rank: Int, slot: PlannedReservation)] = []
  /// Where nobody overtakes, who was planned last on counts for later.
  var holdingUp: TaskID?
  var fitsByKey: [FitKey: [Fit]] = [:]
  var bounds: [BoundKey: Int64] = [:]
  var promised: [TaskID: Promise] = [:]
  var broken: [TaskID: LateCause] = [:]

  /// A task on a node, over `begin..<end` in milliseconds.
  struct Tenancy {
    let task: TaskID
    let begin: Int64
    let end: Int64
    /// The task's position in the queue, or -1 if it runs.
    let rank: Int
  }

  /// A shape, and those of its nodes that are up.
  struct Fit {
    let shape: Shape
    /// None if a node that must be among them is not up.
    let usable: [Int]
  }

  /// - Parameter probes: tasks that are only asked about, after the queue: ``Planned/answers``.
  init(_ problem: PlanningProblem, probes: [Candidate]) {
    self.problem = problem
    queue = probes.isEmpty ? problem.queue : problem.queue + probes
    now = problem.now.milliseconds
    let setAside = problem.setAside(for: queue)
    nodes =
      setAside.isEmpty
      ? problem.nodes.sorted { $0.node.name < $1.node.name }
      : (problem.nodes + setAside).sorted {
        ($0.node.name.text, $0.node.reservation?.text ?? "")
          < ($1.node.name.text, $1.node.reservation?.text ?? "")
      }
    partitions = Dictionary(problem.partitions.map { ($0.name, $0) }) { first, _ in first }
    decisions = problem.queue.map {
      PlannedTask(task: $0.task, outcome: .wait(.noAllocation, expectedStart: nil))
    }
    left = problem.budgets
    capLeft = problem.caps.mapValues(\.left)
    limits = LimitProfiles(problem)
    availability = Availability(now: now, nodes: nodes.map(\.node))
    tenancies = Array(repeating: [], count: nodes.count)
    let byName = nodes
    places = NodePlaces(count: byName.count, problem.partitions) { byName[$0].node.name }
    let own = byName.indices.filter { byName[$0].node.reservation == nil }
    positions = Dictionary(own.map { (byName[$0].node.name, $0) }) { first, _ in first }
    var reservedPositions: [ReservationName: [NodeName: Int]] = [:]
    for (position, condition) in byName.enumerated() {
      guard let name = condition.node.reservation else { continue }
      reservedPositions[name, default: [:]][condition.node.name] = position
    }
    self.reservedPositions = reservedPositions
    forgetVainWishes()
    let overdue = problem.now + PlanningProblem.overdueAllowance
    for occupation in problem.occupations {
      let end = occupation.until > problem.now ? occupation.until : overdue
      occupy(
        allPositions(of: occupation.placement), occupation.placement.perNode,
        Tenancy(task: occupation.run.task, begin: now, end: end.milliseconds, rank: -1))
      limits.occupy(
        occupation.use, of: occupation.limits,
        until: end.milliseconds)
    }
    reserved = ReservedNodes(
      problem.reserved, now: problem.now, positions: positions, own: reservedPositions,
      &availability)
  }

  /// Time goes on, which a plan that is kept is told.
  mutating func advance(to instant: Instant) {
    problem.now = instant
    now = instant.milliseconds
    availability.advance(to: now)
  }

  /// What was decided so far, in queue order.
  var plan: Plan {
    Plan(
      decisions: decisions, reservations: reservations.sorted { $0.rank < $1.rank }.map(\.slot),
      broken: broken)
  }

  /// What was decided so far is kept by the plan alone.
  mutating func forgetDecisions() { decisions = [] }

  /// Decides about all that is planned on counts, and answers what was asked.
  consuming func finish(_ tiers: Tiers, _ mode: CountedPass.Mode) -> Planned {
    let exact = self
    var mode = mode
    guard !tiers.counted.isEmpty || !tiers.countedProbes.isEmpty else {
      return Planned(plan: exact.plan, answers: exact.answers(tiers.exactProbes, mode))
    }
    var counted = CountedPass(exact, tiers.counted + tiers.countedProbes)
    counted.walk(tiers.counted, &mode)
    let answers = counted.pass.answers(tiers.exactProbes, mode)
    return Planned(
      plan: counted.pass.plan,
      answers: answers + tiers.countedProbes.map { counted.answer($0, after: tiers, mode) })
  }

  /// The same by conservative backfill, to be kept.
  ///
  /// - Parameter base: as it was before anything was planned.
  consuming func stand(
    _ tiers: Tiers, from base: PlanningPass, stride: Int
  ) -> StandingPlan {
    var mode = CountedPass.Mode.backfill
    var counted = CountedPass(self, tiers.counted)
    var marks: [CountedPass] = []
    counted.walk(tiers.counted, &mode) { index, pass in
      if index.isMultiple(of: stride) { marks.append(pass.mark()) }
    }
    let record = PlanRecord(base, (marks, stride), counted, tiers)
    return StandingPlan(counted, tiers, record)
  }

  /// What each of some tasks would get if it alone came at the end of the queue.
  private func answers(
    _ probes: [Int], _ mode: CountedPass.Mode
  ) -> [PlannedTask.Outcome] {
    probes.compactMap { rank in
      var trial = self
      switch mode {
      case .startNow: trial.startNow(rank)
      case .inOrder(let from):
        _ = trial.plan(rank, notBefore: Instant(milliseconds: from))
      case .backfill: _ = trial.plan(rank, notBefore: problem.now, waitsForLimits: true)
      case .head: _ = trial.plan(rank, notBefore: problem.now)
      }
      return trial.decision(rank)
    }
  }

  /// Where and when a task lies that was given exact nodes: now, or later.
  func slot(
    of rank: Int
  ) -> (nodes: [Int], share: NodeResources, begin: Instant, end: Instant)? {
    switch decision(rank) {
    case .start(let placement, _, _, let limit):
      (
        positions(of: placement, for: queue[rank]), placement.perNode, problem.now,
        problem.now + limit + queue[rank].grace
      )
    case .wait:
      reservations.last { $0.rank == rank }.map { reservation in
        let slot = reservation.slot
        return (
          positions(of: slot.placement, for: queue[rank]), slot.placement.perNode, slot.start,
          slot.end
        )
      }
    case nil: nil
    }
  }

  /// The decision about the task at a place in the queue.
  func decision(_ rank: Int) -> PlannedTask.Outcome? {
    rank < decisions.count ? decisions[rank].outcome : others[rank]
  }

  mutating func spend(_ hold: GPUTime, from option: AllocationOption) {
    left[option.allocation, default: .zero] -= hold
    for cap in option.caps { capLeft[cap, default: .zero] -= hold }
  }

  /// Gives a task the earliest slot from `floor` on: it starts if that is now, else the slot is
  /// reserved. Returns the slot's begin, or nil if the task waits for something else.
  ///
  /// - Parameter waitsForLimits: true to have the slot where the limits above the task leave room;
  ///   else one that has nodes before that waits without a slot, and holds nobody up.
  mutating func plan(
    _ rank: Int, notBefore floor: Instant, waitsForLimits: Bool = false
  ) -> Instant? {
    let search = waitsForLimits ? Search.planned : .unlimited
    switch find(rank, notBefore: floor.milliseconds, search) {
    case .none(let reason):
      decide(rank, .wait(reason, expectedStart: nil))
      return nil
    case .slot(let slot):
      commit(rank, slot)
      return Instant(milliseconds: slot.begin)
    }
  }

  /// Starts a task if it can start now; else it waits without a slot.
  mutating func startNow(_ rank: Int) {
    switch find(rank, notBefore: now, .onlyThen) {
    case .none(let reason): decide(rank, .wait(reason, expectedStart: nil))
    case .slot(let slot): commit(rank, slot)
    }
  }

  /// Writes the decision about the task at a place in the queue.
  mutating func decide(_ rank: Int, _ outcome: PlannedTask.Outcome) {
    if rank < decisions.count {
      decisions[rank] = PlannedTask(task: queue[rank].task, outcome: outcome)
    } else {
      others[rank] = outcome
    }
  }

  private mutating func commit(_ rank: Int, _ slot: Slot) {
    let candidate = queue[rank]
    let end = slot.begin + (slot.limit + candidate.grace).count * 1000
    let chosen = availability.choose(
      candidate.request.nodeCount, of: slot.fit.usable, share: slot.fit.shape.perNode,
      from: slot.begin, until: end, required: slot.fit.shape.required,
      near: nearness(of: candidate.request, at: slot.begin))
    let placement = Placement(
      nodes: chosen.map { nodes[$0].node.name }, perNode: slot.fit.shape.perNode,
      partition: slot.partition)
    let outcome: PlannedTask.Outcome
    if slot.begin == now {
      outcome = .start(placement, slot.option.allocation, hold: slot.hold, limit: slot.limit)
    } else {
      let begin = Instant(milliseconds: slot.begin)
      let reason =
        slot.limited ?? hindrance(of: candidate, slot.fit, planned: (slot.begin, chosen))
      outcome = .wait(reason, expectedStart: begin)
      let reservation = PlannedReservation(
        task: candidate.task, placement: placement, allocation: slot.option.allocation,
        hold: slot.hold, start: begin, end: Instant(milliseconds: end))
      reservations.append((rank, reservation))
    }
    occupy(
      chosen, slot.fit.shape.perNode,
      Tenancy(task: candidate.task, begin: slot.begin, end: end, rank: rank))
    spend(slot.hold, from: slot.option)
    limits.take(
      candidate.use(placement, hold: slot.hold), of: slot.option.limits, from: slot.begin,
      until: end)
    decide(rank, outcome)
  }

  /// Gives a share of a node back.
  mutating func give(
    _ share: NodeResources, on node: Int, from begin: Int64, until end: Int64
  ) {
    availability.take(NodeResources.none - share, on: node, from: begin, until: end)
  }

  mutating func occupy(_ positions: [Int], _ share: NodeResources, _ tenancy: Tenancy) {
    for position in positions {
      availability.take(share, on: position, from: tenancy.begin, until: tenancy.end)
      tenancies[position].append(tenancy)
    }
  }
}

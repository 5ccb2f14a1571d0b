import Domain

/// One walk over the queue: what is still free and what is still to spend, and the decisions so
/// far. The planners differ only in which slots they ask of it.
struct PlanningPass {
  private let problem: PlanningProblem
  let now: Int64
  /// By name, so that an order of positions is an order of names.
  let nodes: [NodeCondition]
  private let described: [Node]
  private let partitions: [PartitionName: Partition]
  private(set) var availability: Availability
  /// Who is on each node, now or planned.
  private(set) var tenancies: [[Tenancy]]
  /// What the tasks decided so far leave of each budget.
  private(set) var left: [AllocationID: GPUTime]
  private(set) var decisions: [PlannedTask] = []
  private(set) var reservations: [PlannedReservation] = []
  private var shapesByKey: [ShapeKey: [Shape]] = [:]

  /// A task on a node, over `begin..<end` in milliseconds.
  struct Tenancy {
    let task: TaskID
    let begin: Int64
    let end: Int64
    /// Tasks that run come first, then the queue in its order.
    let rank: Int
  }

  private struct ShapeKey: Hashable {
    let partition: PartitionName
    let perNode: NodeResources
    let gpuType: String?
  }

  /// Where and when a task could run, and what pays for it.
  struct Slot {
    let shape: Shape
    let begin: Int64
    let option: AllocationOption
    let hold: GPUTime
  }

  enum Finding {
    case slot(Slot)
    case none(WaitReason)
  }

  init(_ problem: PlanningProblem) {
    self.problem = problem
    now = problem.now.milliseconds
    nodes = problem.nodes.sorted { $0.node.name < $1.node.name }
    described = nodes.map(\.node)
    partitions = Dictionary(problem.partitions.map { ($0.name, $0) }) { first, _ in first }
    left = problem.budgets
    availability = Availability(now: now, capacities: described.map(\.capacity))
    tenancies = Array(repeating: [], count: nodes.count)
    let positions = Dictionary(nodes.indices.map { (nodes[$0].node.name, $0) }) { first, _ in first
    }
    for occupation in problem.occupations {
      let overdue = problem.now + PlanningProblem.overdueAllowance
      let end = occupation.until > problem.now ? occupation.until : overdue
      occupy(
        occupation.placement.nodes.compactMap { positions[$0] }, occupation.placement.perNode,
        Tenancy(
          task: occupation.run.task, begin: now, end: end.milliseconds, rank: -1))
    }
  }

  /// What was decided so far.
  var plan: Plan { Plan(decisions: decisions, reservations: reservations) }

  /// Gives a task the earliest slot from `floor` on: it starts if that is now, else the slot is
  /// reserved. Returns the slot's begin, or nil if the task waits for something else.
  mutating func plan(_ candidate: Candidate, notBefore floor: Instant) -> Instant? {
    switch find(candidate, notBefore: floor.milliseconds) {
    case .none(let reason):
      decisions.append(
        PlannedTask(task: candidate.task, outcome: .wait(reason, expectedStart: nil)))
      return nil
    case .slot(let slot):
      commit(candidate, slot)
      return Instant(milliseconds: slot.begin)
    }
  }

  /// Starts a task if it can start now; else it waits without a slot.
  mutating func startNow(_ candidate: Candidate) {
    switch find(candidate, notBefore: now) {
    case .slot(let slot) where slot.begin == now: commit(candidate, slot)
    case .slot(let slot):
      let reason = hindrance(of: candidate, shape: slot.shape, planned: nil)
      decisions.append(
        PlannedTask(task: candidate.task, outcome: .wait(reason, expectedStart: nil)))
    case .none(let reason):
      decisions.append(
        PlannedTask(task: candidate.task, outcome: .wait(reason, expectedStart: nil)))
    }
  }

  private mutating func commit(_ candidate: Candidate, _ slot: Slot) {
    let end = slot.begin + candidate.span.count * 1000
    let chosen = availability.choose(
      candidate.request.nodeCount, of: usable(slot.shape), share: slot.shape.perNode,
      from: slot.begin, until: end)
    let placement = Placement(
      nodes: chosen.map { described[$0].name }, perNode: slot.shape.perNode)
    let outcome: PlannedTask.Outcome
    if slot.begin == now {
      outcome = .start(placement, slot.option.allocation, hold: slot.hold)
    } else {
      let begin = Instant(milliseconds: slot.begin)
      let reason = hindrance(of: candidate, shape: slot.shape, planned: (slot.begin, chosen))
      outcome = .wait(reason, expectedStart: begin)
      reservations.append(
        PlannedReservation(
          task: candidate.task, placement: placement, allocation: slot.option.allocation,
          hold: slot.hold, start: begin, end: Instant(milliseconds: end)))
    }
    occupy(
      chosen, slot.shape.perNode,
      Tenancy(task: candidate.task, begin: slot.begin, end: end, rank: decisions.count))
    left[slot.option.allocation, default: .zero] -= slot.hold
    decisions.append(PlannedTask(task: candidate.task, outcome: outcome))
  }

  private mutating func occupy(_ positions: [Int], _ share: NodeResources, _ tenancy: Tenancy) {
    for position in positions {
      availability.timelines[position].take(share, from: tenancy.begin, until: tenancy.end)
      tenancies[position].append(tenancy)
    }
  }

  /// The positions of a shape's nodes that are up.
  func usable(_ shape: Shape) -> [Int] { shape.nodes.filter { nodes[$0].state == .up } }

  private mutating func shapes(of request: JobRequest, on partition: Partition) -> [Shape] {
    let key = ShapeKey(
      partition: partition.name, perNode: request.perNode, gpuType: request.gpuType)
    if let known = shapesByKey[key] { return known }
    let new = Shape.all(of: request, on: partition, nodes: described)
    shapesByKey[key] = new
    return new
  }
}

extension PlanningPass {
  /// The earliest slot that the task's allocations can pay for, or why there is none.
  mutating func find(_ candidate: Candidate, notBefore floor: Int64) -> Finding {
    if case .waits(let reason) = candidate.eligibility { return .none(reason) }
    let request = candidate.request
    if let begin = request.notBefore, begin.milliseconds > now { return .none(.notBefore(begin)) }
    guard let partition = partitions[request.partition] else {
      return .none(.impossible(refusals(of: request)))
    }
    let shapes = shapes(of: request, on: partition).filter {
      $0.nodes.count >= request.nodeCount
    }
    guard !shapes.isEmpty else { return .none(.impossible(refusals(of: request))) }
    guard !candidate.options.isEmpty else { return .none(.noAllocation) }

    // The earliest start of each shape, the lightest first where they tie.
    let span = candidate.span.count * 1000
    var starts: [(begin: Int64, shape: Shape)] = []
    var firstReason: WaitReason? = nil
    for shape in shapes {
      if case .failure(let reason) = option(for: candidate, shape, from: floor) {
        firstReason = firstReason ?? reason
        continue
      }
      let begin = availability.earliestStart(
        on: usable(shape), count: request.nodeCount, share: shape.perNode, span: span,
        notBefore: floor)
      if let begin { starts.append((begin, shape)) }
    }
    var best: Slot? = nil
    for (begin, shape) in starts where best.map({ begin < $0.begin }) ?? true {
      switch option(for: candidate, shape, from: begin) {
      case .success(let option, let hold):
        best = Slot(shape: shape, begin: begin, option: option, hold: hold)
      case .failure(let reason): firstReason = firstReason ?? reason
      }
    }
    if let best { return .slot(best) }
    return .none(firstReason ?? .nodesUnavailable(nodeShortfall(request, shapes)))
  }

  private enum Payment {
    case success(AllocationOption, GPUTime)
    case failure(WaitReason)
  }

  /// The first allocation that has the window and the money for a start at `begin`.
  private func option(for candidate: Candidate, _ shape: Shape, from begin: Int64) -> Payment {
    let request = candidate.request
    let end = Instant(milliseconds: begin) + candidate.span
    var tooDear: WaitReason? = nil
    var tooLong: WaitReason? = nil
    guard
      let hold = shape.cost(
        nodes: request.nodeCount, seconds: candidate.span.count, tasks: 1)
    else { return .failure(.impossible([.tooExpensive(most: .largest)])) }
    for option in candidate.options {
      let rest = left[option.allocation] ?? .zero
      if end > option.windowEnd {
        tooLong =
          tooLong
          ?? .window(
            WindowShortfall(
              allocation: option.allocation, ends: option.windowEnd, wouldEnd: end))
      } else if hold > rest {
        let available = problem.budgets[option.allocation] ?? .zero
        tooDear =
          tooDear
          ?? .budget(
            BudgetShortfall(
              allocation: option.allocation, needs: hold, available: available,
              promisedAhead: available - rest))
      } else {
        return .success(option, hold)
      }
    }
    return .failure(tooDear ?? tooLong ?? .noAllocation)
  }

  private func refusals(of request: JobRequest) -> [RequestRefusal] {
    Admission(nodes: described, partitions: problem.partitions).refusals(of: request)
  }
}

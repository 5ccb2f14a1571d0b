import Domain

/// Laying down what a plan gave, without a search: how a pass gets to where it was once.
extension PlanningPass {
  /// Takes what a task was given on exact nodes, and lifts what it was promised before; where and
  /// until when, or nil if it was given nothing.
  @discardableResult
  mutating func follow(
    _ candidate: Candidate, _ rank: Int, _ outcome: PlannedTask.Outcome,
    _ slot: PlannedReservation?
  ) -> Followed? {
    _ = liftPromise(of: candidate.task)
    switch outcome {
    case .start(let placement, let allocation, let hold, let limit):
      let end = now + (limit + candidate.grace).count * 1000
      return take(candidate, rank, placement, allocation, hold, from: now, until: end)
    case .wait:
      guard let slot else { return nil }
      reservations.append((rank, slot))
      return take(
        candidate, rank, slot.placement, slot.allocation, slot.hold,
        from: slot.start.milliseconds, until: slot.end.milliseconds)
    }
  }

  /// What a task was given on nodes.
  struct Followed {
    let nodes: [Int]
    let share: NodeResources
    let begin: Int64
    let end: Int64
  }

  private mutating func take(
    _ candidate: Candidate, _ rank: Int, _ placement: Placement, _ allocation: AllocationID,
    _ hold: GPUTime, from begin: Int64, until end: Int64
  ) -> Followed? {
    guard let option = candidate.options.first(where: { $0.allocation == allocation }) else {
      return nil
    }
    let nodes = positions(of: placement, for: candidate)
    occupy(
      nodes, placement.perNode,
      Tenancy(task: candidate.task, begin: begin, end: end, rank: rank))
    spend(hold, from: option)
    limits.take(
      candidate.use(placement, hold: hold), of: option.limits, from: begin, until: end)
    return Followed(nodes: nodes, share: placement.perNode, begin: begin, end: end)
  }

  /// What a task would be given whose turn it is, by conservative backfill; it alone is the queue.
  mutating func answer(_ candidate: Candidate) -> PlannedTask.Outcome? {
    queue = [candidate]
    _ = plan(0, notBefore: problem.now, waitsForLimits: true)
    return decision(0)
  }
}

import Domain

/// What a plan that is kept is asked between two full plans, on exact nodes.
extension PlanningPass {
  /// Gives back what a run had of its limits, and says what it has of its nodes and until when; nil
  /// if it is not known.
  ///
  /// - Parameter made: when the problem was planned, from which the end of an overdue run counts.
  mutating func release(
    _ run: RunID, made: Instant
  ) -> (share: NodeResources, positions: [Int], until: Int64)? {
    guard let index = problem.occupations.firstIndex(where: { $0.run == run })
    else { return nil }
    let occupation = problem.occupations.remove(at: index)
    let end =
      occupation.until > made ? occupation.until : made + PlanningProblem.overdueAllowance
    let use = occupation.use
    limits.take(
      use, of: occupation.limits, from: now, until: end.milliseconds, sign: -1)
    let nodes = allPositions(of: occupation.placement)
    for node in nodes { tenancies[node].removeAll { $0.task == run.task && $0.rank < 0 } }
    return (occupation.placement.perNode, nodes, end.milliseconds)
  }

  /// Starts a task whose slot lies on exact nodes if, that slot aside, it fits now, on the same
  /// shape and for the same hold; its nodes and its share of them, or nil.
  ///
  /// - Parameter changed: only if one of these is of use to it can anything have changed.
  mutating func startReserved(
    _ rank: Int, in changed: [Int]
  ) -> (nodes: [Int], share: NodeResources)? {
    guard let slot = reservations.first(where: { $0.rank == rank })?.slot,
      changed.contains(where: { availability.hasNow(slot.placement.perNode, on: $0) }),
      let option = queue[rank].options.first(where: { $0.allocation == slot.allocation }),
      problem.now + queue[rank].span <= option.windowEnd,
      let partition = partitions[slot.placement.partition ?? queue[rank].request.partition]
    else { return nil }
    let request =
      slot.placement.partition.map { queue[rank].request.changed(partition: $0) }
      ?? queue[rank].request
    let span = queue[rank].span.count * 1000
    let use = queue[rank].use(slot.placement, hold: slot.hold)
    let old = positions(of: slot.placement, for: queue[rank])
    let share = slot.placement.perNode
    lift(slot, rank, on: old, of: option)
    let fit = fits(of: request, on: partition).first {
      $0.shape.perNode == share
        && $0.shape.cost(nodes: request.nodeCount, seconds: span / 1000, tasks: 1) == slot.hold
    }
    guard let fit, queue[rank].meetsDeadline(request.timeLimit, from: now),
      availability.canStart(
        on: fit.usable, count: request.nodeCount, share: share, span: span, at: now,
        required: fit.shape.required, near: nearness(of: request, at: now)),
      limits.have(use, of: option.limits, from: now, span: span)
    else {
      layAgain(slot, rank, on: old, of: option)
      return nil
    }
    let chosen = availability.choose(
      request.nodeCount, of: fit.usable, share: share, from: now, until: now + span,
      required: fit.shape.required, near: nearness(of: request, at: now))
    occupy(
      chosen, share, Tenancy(task: queue[rank].task, begin: now, end: now + span, rank: rank))
    limits.take(use, of: option.limits, from: now, until: now + span)
    reservations.removeAll { $0.rank == rank }
    let placement = Placement(
      nodes: chosen.map { nodes[$0].node.name }, perNode: share,
      partition: slot.placement.partition)
    decide(
      rank,
      .start(placement, slot.allocation, hold: slot.hold, limit: request.timeLimit))
    return (chosen, share)
  }

  private mutating func lift(
    _ slot: PlannedReservation, _ rank: Int, on nodes: [Int], of option: AllocationOption
  ) {
    let (begin, end) = (max(slot.start.milliseconds, now), slot.end.milliseconds)
    for node in nodes {
      give(slot.placement.perNode, on: node, from: begin, until: end)
      tenancies[node].removeAll { $0.task == slot.task }
    }
    limits.take(
      queue[rank].use(slot.placement, hold: slot.hold), of: option.limits, from: begin,
      until: end, sign: -1)
  }

  private mutating func layAgain(
    _ slot: PlannedReservation, _ rank: Int, on nodes: [Int], of option: AllocationOption
  ) {
    let (begin, end) = (max(slot.start.milliseconds, now), slot.end.milliseconds)
    occupy(
      nodes, slot.placement.perNode,
      Tenancy(task: slot.task, begin: begin, end: end, rank: rank))
    limits.take(
      queue[rank].use(slot.placement, hold: slot.hold), of: option.limits, from: begin,
      until: end)
  }
}

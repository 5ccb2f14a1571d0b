import Domain

/// Laying down what a plan gave, without a search: how a pass gets to where it was once.
extension CountedPass {
  /// The pass as it is, without what was decided so far and what only spares searches.
  func mark() -> CountedPass {
    var mark = self
    mark.pass.forgetDecisions()
    // Else the next slot that is laid copies those of all tasks, once for each mark.
    mark.laid = []
    mark.bounds = PoolBounds(laneCounts: pools.map(\.lanes.laneCount))
    return mark
  }

  /// Takes what a task that it was made with was given.
  ///
  /// - Parameters:
  ///   - index: its place among those that the pass was made with.
  ///   - lies: where it lies on counts, if it does.
  ///   - slot: on exact nodes, if it was given any for later.
  mutating func follow(
    _ candidate: Candidate, _ rank: Int, _ index: Int, _ lies: Laid,
    _ outcome: PlannedTask.Outcome, _ slot: PlannedReservation?
  ) {
    let kind = kinds.all[kinds.kind[index]]
    if kind.places.isEmpty {
      let isStart = if case .start = outcome { true } else { false }
      followStray(candidate, isPlaced: isStart || slot != nil)
    }
    guard lies.isLaid else {
      if let followed = pass.follow(candidate, rank, outcome, slot) {
        for node in followed.nodes {
          lower(node, by: followed.share, from: followed.begin, until: followed.end)
        }
      }
      return
    }
    guard let place = kinds.places[kind.places].first(where: { $0.shape == Int(lies.shape) }),
      let hold = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: []).cost(
        nodes: kind.nodeCount, seconds: candidate.span.count, tasks: 1)
    else { return }
    let option = candidate.options[Int(lies.option)]
    let use = LimitUse(
      gpus: Int64(place.share.gpus) * Int64(kind.nodeCount), running: 1, held: hold,
      licences: candidate.request.licences)
    pass.spend(hold, from: option)
    pass.limits.take(use, of: option.limits, from: lies.begin, until: lies.end)
    capacity.take(place.shape, from: lies.begin, until: lies.end)
    pools[place.pool].planned += 1
    pools[place.pool].lastPlanned = candidate.task
  }

  /// What a task would be given whose turn it is, by conservative backfill; it alone is the queue.
  /// Nil if what it asks for is not counted in this plan.
  mutating func answer(_ candidate: Candidate) -> PlannedTask.Outcome? {
    pass.queue = [candidate]
    guard let own = kinds.only(candidate, pass, pools.map(\.lanes), &capacity) else { return nil }
    kinds = own
    lacking = [nil]
    looks = [nil]
    roomy = [nil]
    reservedLooks = [:]
    laid = [Laid()]
    _ = plan(0, 0, notBefore: pass.now, .backfill)
    return pass.decision(0)
  }
}

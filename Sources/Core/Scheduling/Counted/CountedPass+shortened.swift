import Domain

/// Limits that are made shorter so that a task starts now.
extension CountedPass {
  /// A slot now for the longest limit that the task takes, counts and real nodes allow, and its
  /// allocations can pay for, on the first place that has one; found by halving.
  mutating func shortened(_ rank: Int, _ kind: TaskKinds.Kind) -> Slot? {
    let candidate = pass.queue[rank]
    guard let most = candidate.shortened(toFit: .max, from: pass.now) else { return nil }
    for index in kind.places {
      let place = kinds.places[index]
      var least = Seconds((candidate.request.leastLimit.count + 59) / 60 * 60)
      var longest = most
      guard least <= longest, isFree(place, kind, least + candidate.grace) else { continue }
      while least < longest {
        let middle = Seconds((least.count + longest.count + 60) / 120 * 60)
        if isFree(place, kind, middle + candidate.grace) {
          least = middle
        } else {
          longest = middle - Seconds(60)
        }
      }
      let free = (least + candidate.grace).count * 1000
      if let slot = paid(rank, kind, place, free: free) { return slot }
    }
    return nil
  }

  /// True if the whole limit of a task is not paid for, but the shortest that it takes is.
  func waitsForNodes(_ rank: Int, _ kind: TaskKinds.Kind) -> Bool {
    kind.places.contains { index in
      let place = kinds.places[index]
      let shape = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: [])
      return pass.paysForLeast(pass.queue[rank], shape.weight(nodes: kind.nodeCount))
    }
  }

  /// The longest that one of its allocations can pay for, of what its nodes are free for.
  private mutating func paid(
    _ rank: Int, _ kind: TaskKinds.Kind, _ place: TaskKinds.Place, free: Int64
  ) -> Slot? {
    let candidate = pass.queue[rank]
    let shape = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: [])
    var best: Slot?
    for option in candidate.options {
      let paid = pass.payableFor(option, shape.weight(nodes: kind.nodeCount))
      guard let limit = candidate.shortened(toFit: min(free, paid), from: pass.now),
        best.map({ limit > $0.limit }) ?? true,
        let hold = shape.cost(
          nodes: kind.nodeCount, seconds: (limit + candidate.grace).count, tasks: 1)
      else { continue }
      let slot = Slot(
        begin: pass.now, place: place, hold: hold, option: option, limit: limit,
        limits: pass.limits.places(of: option.limits))
      guard
        pass.limits.have(
          use(rank, slot, kind), of: option.limits, from: pass.now,
          span: (limit + candidate.grace).count * 1000)
      else { continue }
      best = slot
    }
    return best
  }

  private mutating func isFree(
    _ place: TaskKinds.Place, _ kind: TaskKinds.Kind, _ span: Seconds
  ) -> Bool {
    start(place, kind, span.count * 1000, notBefore: pass.now, .startNow) == pass.now
  }
}

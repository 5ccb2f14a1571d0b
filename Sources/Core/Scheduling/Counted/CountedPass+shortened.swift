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
      let span = least + candidate.grace
      let shape = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: [])
      var unpaid: WaitReason?
      guard let hold = shape.cost(nodes: kind.nodeCount, seconds: span.count, tasks: 1),
        case .from(let option, _) = payment(
          candidate.options, hold, until: Instant(milliseconds: pass.now) + span, &unpaid)
      else { continue }
      let slot = Slot(
        begin: pass.now, place: place, hold: hold, option: option, limit: least,
        limits: pass.limits.places(of: option.limits))
      let use = use(rank, slot, kind)
      let milliseconds = span.count * 1000
      if pass.limits.have(use, of: option.limits, from: pass.now, span: milliseconds) {
        return slot
      }
      let roomier = pass.roomier(
        than: option, candidate, hold, use, from: pass.now, span: milliseconds)
      guard let roomier else { continue }
      return Slot(
        begin: pass.now, place: place, hold: hold, option: roomier, limit: least,
        limits: pass.limits.places(of: roomier.limits))
    }
    return nil
  }

  private mutating func isFree(
    _ place: TaskKinds.Place, _ kind: TaskKinds.Kind, _ span: Seconds
  ) -> Bool {
    start(place, kind, span.count * 1000, notBefore: pass.now, .startNow) == pass.now
  }
}

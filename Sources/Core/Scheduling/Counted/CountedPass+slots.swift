import Domain

extension CountedPass {
  /// A slot that was found.
  struct Slot {
    let begin: Int64
    let place: TaskKinds.Place
    let hold: GPUTime
    let option: AllocationOption
    let limit: Seconds
    /// The limits above it, where they stand.
    let limits: [Int]
  }

  /// What stands in the way of a task, the first of each kind that was met.
  struct Reasons {
    var unpaid: WaitReason?
    var limited: WaitReason?
  }

  func use(_ rank: Int, _ slot: Slot, _ kind: TaskKinds.Kind) -> LimitUse {
    LimitUse(
      gpus: Int64(slot.place.share.gpus) * Int64(kind.nodeCount), running: 1, held: slot.hold,
      licences: pass.queue[rank].request.licences)
  }

  /// The earliest slot in any of the places that some allocation pays for and the limits leave room
  /// for.
  mutating func find(
    _ rank: Int, _ kind: TaskKinds.Kind, notBefore floor: Int64, _ mode: Mode,
    _ reasons: inout Reasons
  ) -> Slot? {
    let span = pass.queue[rank].span
    let limits = pass.limits.places(of: pass.queue[rank].options.first?.limits ?? [])
    var best: Slot?
    for index in kind.places {
      let place = kinds.places[index]
      let shape = Shape(perNode: place.share, nodeWeight: place.nodeWeight, nodes: [])
      guard let hold = shape.cost(nodes: kind.nodeCount, seconds: span.count, tasks: 1) else {
        reasons.unpaid = reasons.unpaid ?? .impossible([.tooExpensive(most: .largest)])
        continue
      }
      let question = Question(
        rank: rank, place: place, hold: hold, limits: limits, before: best?.begin)
      if let slot = find(question, kind, notBefore: floor, mode, &reasons) { best = slot }
    }
    return best
  }

  /// A task in one of its places.
  private struct Question {
    let rank: Int
    let place: TaskKinds.Place
    let hold: GPUTime
    /// Of its first allocation.
    let limits: [Int]
    /// The begin of a slot in another place.
    let before: Int64?
  }

  /// The same in one place; nil if none is before another.
  private mutating func find(
    _ question: Question, _ kind: TaskKinds.Kind, notBefore floor: Int64, _ mode: Mode,
    _ reasons: inout Reasons
  ) -> Slot? {
    let options = pass.queue[question.rank].options
    let span = pass.queue[question.rank].span
    let (place, hold) = (question.place, question.hold)
    let soonest = Instant(milliseconds: floor) + span
    guard
      case .from(var option, _) = payment(options, hold, until: soonest, &reasons.unpaid)
    else { return nil }
    let gpus = Int64(place.share.gpus) * Int64(kind.nodeCount)
    let use = LimitUse(
      gpus: gpus, running: 1, held: hold,
      licences: pass.queue[question.rank].request.licences)
    let milliseconds = span.count * 1000
    var from = floor
    while true {
      let begin = start(
        place, kind, milliseconds, notBefore: from, mode, isFirst: from == floor)
      guard begin < question.before ?? .max else { return nil }
      let limit = pass.queue[question.rank].request.timeLimit
      guard pass.queue[question.rank].meetsDeadline(limit, from: begin) else {
        reasons.unpaid = reasons.unpaid ?? pass.queue[question.rank].lateness(from: begin)
        if from > floor { note(use, of: option, floor, milliseconds, &reasons) }
        return nil
      }
      let end = Instant(milliseconds: begin) + span
      if end > option.windowEnd {
        guard
          case .from(let later, _) = payment(options, hold, until: end, &reasons.unpaid)
        else {
          if from > floor { note(use, of: option, floor, milliseconds, &reasons) }
          return nil
        }
        option = later
      }
      let limits =
        option.allocation == options.first?.allocation
        ? question.limits : pass.limits.places(of: option.limits)
      let free = pass.limits.earliest(use, at: limits, span: milliseconds, notBefore: begin)
      if free == begin {
        return Slot(
          begin: begin, place: place, hold: hold, option: option, limit: limit, limits: limits)
      }
      let best = pass.soonest(
        option, pass.queue[question.rank], hold, use, from: begin, span: milliseconds)
      if best.free == begin {
        return Slot(
          begin: begin, place: place, hold: hold, option: best.option, limit: limit,
          limits: pass.limits.places(of: best.option.limits))
      }
      guard case .backfill = mode, best.free < .max else {
        note(use, of: best.option, begin, milliseconds, &reasons)
        return nil
      }
      from = grid.up(best.free, span: milliseconds)
    }
  }

  /// Keeps which limit stands in the way.
  private func note(
    _ use: LimitUse, of option: AllocationOption, _ begin: Int64, _ span: Int64,
    _ reasons: inout Reasons
  ) {
    reasons.limited =
      reasons.limited
      ?? pass.limits.shortfall(use, of: option.limits, from: pass.now, span: span)
      ?? pass.limits.shortfall(use, of: option.limits, from: begin, span: span)
  }
}

import Domain

extension PlanningPass {
  /// Where and when a task could run, and what pays for it.
  struct Slot {
    let fit: Fit
    let begin: Int64
    let option: AllocationOption
    let hold: GPUTime
    let limit: Seconds
    /// The limit of its project, or above, that keeps it from starting at once, where one does.
    let limited: WaitReason?
    /// Of those that the request lists; nil where it names one.
    var partition: PartitionName?
  }

  /// Which slot is asked for.
  enum Search {
    /// The earliest, where limits leave room too.
    case planned
    /// The earliest that has nodes, if the limits leave room then.
    case unlimited
    /// The one that begins at the floor.
    case onlyThen
  }

  enum Finding {
    case slot(Slot)
    case none(WaitReason)
  }

  /// The earliest slot from `floor` on that the task's allocations can pay for, or why there is
  /// none. Where that is not now, a shorter limit that the task allows is tried for a start now.
  mutating func find(_ rank: Int, notBefore floor: Int64, _ search: Search) -> Finding {
    if let reason = obstacle(toTaskAt: rank) { return .none(reason) }
    let candidate = queue[rank]
    guard !candidate.request.otherPartitions.isEmpty else {
      return find(candidate, notBefore: floor, search)
    }
    // Each in order, as if it were the only one: the earliest slot, of several the first.
    var best: Slot?
    var reason: WaitReason?
    for request in candidate.request.byPartition {
      switch find(candidate.asking(for: request), notBefore: floor, search) {
      case .none(let why): reason = reason ?? why
      case .slot(var slot):
        guard best.map({ slot.begin < $0.begin }) ?? true else { continue }
        slot.partition = request.partition
        best = slot
      }
      if best?.begin == floor { break }
    }
    return best.map { .slot($0) } ?? .none(reason ?? .noAllocation)
  }

  private mutating func find(
    _ candidate: Candidate, notBefore floor: Int64, _ search: Search
  ) -> Finding {
    let request = candidate.request
    guard let partition = partitions[request.partition] else {
      return .none(.impossible(refusals(of: request)))
    }
    let fits = fits(of: request, on: partition)
    guard fits.contains(where: { $0.shape.nodes.count >= request.nodeCount }) else {
      return .none(.impossible(refusals(of: request)))
    }
    guard !candidate.options.isEmpty else { return .none(.noAllocation) }

    var best: Slot? = nil
    var hindrances = Hindrances()
    for (position, fit) in fits.enumerated() where fit.shape.nodes.count >= request.nodeCount {
      if case .cannot(let reason) = payment(of: candidate, fit.shape, from: floor) {
        hindrances.unpaid = hindrances.unpaid ?? reason
        continue
      }
      guard fit.usable.count >= request.nodeCount else { continue }
      let place = (fit: fit, shape: position)
      if let slot = slot(candidate, place, floor, before: best?.begin, search, &hindrances) {
        best = slot
      }
    }
    if let best, best.begin == now { return .slot(best) }
    if floor == now, let short = shortened(candidate, fits) { return .slot(short) }
    if let best { return .slot(best) }
    if let limited = hindrances.limited { return .none(limited) }
    if let blocked = hindrances.blocked {
      return .none(hindrance(of: candidate, blocked, planned: nil))
    }
    if hindrances.unpaid?.isUnpaid == true, let fit = fitForLeast(candidate, fits) {
      let least = candidate.asking(for: request.limited(to: request.leastLimit))
      return .none(hindrance(of: least, fit, planned: nil))
    }
    return .none(hindrances.unpaid ?? .nodesUnavailable(nodeShortfall(request, fits)))
  }

  /// Where a task whose whole limit nothing pays for waits for nodes alone: its least limit is paid.
  private func fitForLeast(_ candidate: Candidate, _ fits: [Fit]) -> Fit? {
    fits.first {
      $0.usable.count >= candidate.request.nodeCount
        && paysForLeast(candidate, $0.shape.weight(nodes: candidate.request.nodeCount))
    }
  }

  /// True if a task takes a shorter limit, and something pays for the shortest from now on.
  func paysForLeast(_ candidate: Candidate, _ weight: Weight) -> Bool {
    let least = (candidate.request.leastLimit + candidate.grace).count * 1000
    return candidate.request.isShortenable
      && candidate.options.contains { payableFor($0, weight) >= least }
  }

  /// What stands in the way of a task, the first of each kind that was met.
  private struct Hindrances {
    var unpaid: WaitReason?
    var limited: WaitReason?
    var blocked: Fit?
  }

  /// The earliest slot on nodes of one shape that some allocation pays for and the limits leave
  /// room for; nil if there is none, or none before another that was found.
  private mutating func slot(
    _ candidate: Candidate, _ place: (fit: Fit, shape: Int), _ floor: Int64,
    before other: Int64?, _ search: Search, _ hindrances: inout Hindrances
  ) -> Slot? {
    let (fit, request) = (place.fit, candidate.request)
    let span = candidate.span.count * 1000
    var from = floor
    while true {
      guard
        let begin = start(of: candidate, on: fit, shape: place.shape, from, search)
      else {
        hindrances.blocked = hindrances.blocked ?? fit
        return nil
      }
      guard begin < other ?? .max else { return nil }
      guard candidate.meetsDeadline(request.timeLimit, from: begin) else {
        hindrances.unpaid = hindrances.unpaid ?? candidate.lateness(from: begin)
        return nil
      }
      guard case .from(let first, let hold) = payment(of: candidate, fit.shape, from: begin)
      else {
        if case .cannot(let reason) = payment(of: candidate, fit.shape, from: begin) {
          hindrances.unpaid = hindrances.unpaid ?? reason
        }
        return nil
      }
      let use = use(fit, request, hold)
      let (option, free) = soonest(first, candidate, hold, use, from: begin, span: span)
      let limited =
        begin == now && free == begin
        ? nil : limits.shortfall(use, of: option.limits, from: now, span: span)
      if free == begin {
        return Slot(
          fit: fit, begin: begin, option: option, hold: hold, limit: request.timeLimit,
          limited: limited)
      }
      hindrances.limited =
        hindrances.limited ?? limited
        ?? limits.shortfall(use, of: option.limits, from: begin, span: span)
      guard case .planned = search, free < .max else { return nil }
      from = free
    }
  }

  /// Of the allocations that can pay for a slot the one whose limits leave room for it first, and when;
  /// of equal ones the first in order of preference.
  mutating func soonest(
    _ first: AllocationOption, _ candidate: Candidate, _ hold: GPUTime, _ use: LimitUse,
    from begin: Int64, span: Int64
  ) -> (option: AllocationOption, free: Int64) {
    var best = (
      option: first,
      free: limits.earliest(use, of: first.limits, span: span, notBefore: begin)
    )
    guard best.free > begin, candidate.options.count > 1 else { return best }
    let end = Instant(milliseconds: begin + span)
    for other in candidate.options where other.allocation != first.allocation {
      guard case .from = payment(from: [other], hold: hold, until: end) else { continue }
      let free = limits.earliest(use, of: other.limits, span: span, notBefore: begin)
      if free < best.free { best = (other, free) }
    }
    return best
  }

  /// What a run takes of limits.
  private func use(_ fit: Fit, _ request: JobRequest, _ hold: GPUTime) -> LimitUse {
    LimitUse(
      gpus: Int64(fit.shape.perNode.gpus) * Int64(request.nodeCount), running: 1, held: hold,
      licences: request.licences)
  }

  /// A slot now for the longest limit that the task takes, its nodes are free for and one of its
  /// allocations can pay for until its window ends: of several shapes the longest, then the lightest; of
  /// several allocations the longest, then the first.
  private func shortened(_ candidate: Candidate, _ fits: [Fit]) -> Slot? {
    let request = candidate.request
    guard request.leastLimit < request.timeLimit else { return nil }
    var best: Slot? = nil
    for fit in fits where fit.usable.count >= request.nodeCount {
      let free = availability.freeFor(
        on: fit.usable, count: request.nodeCount, share: fit.shape.perNode, now: now,
        required: fit.shape.required, near: nearness(of: request, at: now))
      for option in candidate.options {
        let paid = payableFor(option, fit.shape.weight(nodes: request.nodeCount))
        guard let limit = candidate.shortened(toFit: min(free, paid), from: now),
          best.map({ limit > $0.limit }) ?? true
        else { continue }
        let span = limit + candidate.grace
        guard
          let hold = fit.shape.cost(
            nodes: request.nodeCount, seconds: span.count, tasks: 1),
          limits.have(
            use(fit, request, hold), of: option.limits, from: now, span: span.count * 1000)
        else { continue }
        best = Slot(
          fit: fit, begin: now, option: option, hold: hold, limit: limit, limited: nil)
      }
    }
    return best
  }

  /// For how many milliseconds from now on an allocation can pay for a run, grace included: what it and
  /// the caps above it have left, and until its window ends.
  func payableFor(_ option: AllocationOption, _ weight: Weight) -> Int64 {
    let window = max(option.windowEnd.milliseconds - now, 0)
    guard weight.thousandths > 0 else { return window }
    let rest = option.caps.reduce(left[option.allocation] ?? .zero) {
      min($0, capLeft[$1] ?? .zero)
    }
    // A thousandth of a GPU for a second is a millisecond of GPU time.
    let seconds = max(rest.milliseconds, 0) / weight.thousandths
    return seconds > window / 1000 ? window : seconds * 1000
  }

  /// Why a task can't be planned at all, whatever is free.
  func obstacle(toTaskAt rank: Int) -> WaitReason? {
    // Not of the candidate itself, which has many parts to copy.
    if case .eligible = queue[rank].eligibility, queue[rank].request.notBefore == nil {
      return nil
    }
    return obstacle(to: queue[rank])
  }

  func obstacle(to candidate: Candidate) -> WaitReason? {
    if case .waits(let reason) = candidate.eligibility { return reason }
    if let begin = candidate.request.notBefore, begin.milliseconds > now {
      return .notBefore(begin)
    }
    return nil
  }

  private mutating func start(
    of candidate: Candidate, on fit: Fit, shape: Int, _ floor: Int64, _ search: Search
  ) -> Int64? {
    guard case .onlyThen = search else {
      return earliestStart(of: candidate, on: fit, shape: shape, notBefore: floor)
    }
    let possible = availability.canStart(
      on: fit.usable, count: candidate.request.nodeCount, share: fit.shape.perNode,
      span: candidate.span.count * 1000, at: floor, required: fit.shape.required,
      near: nearness(of: candidate.request, at: floor))
    return possible ? floor : nil
  }

  enum Payment {
    case from(AllocationOption, GPUTime)
    case cannot(WaitReason)
  }

  /// The first allocation that has the window and the money for a start at `begin`. If there is
  /// none: a lack of money goes before a lack of time, since money may come back.
  private func payment(
    of candidate: Candidate, _ shape: Shape, from begin: Int64
  ) -> Payment {
    let span = candidate.span
    let cost = shape.cost(nodes: candidate.request.nodeCount, seconds: span.count, tasks: 1)
    guard let hold = cost else { return .cannot(.impossible([.tooExpensive(most: .largest)])) }
    return payment(
      from: candidate.options, hold: hold, until: Instant(milliseconds: begin) + span)
  }

  /// The same for a hold until an end.
  func payment(
    from options: [AllocationOption], hold: GPUTime, until end: Instant
  ) -> Payment {
    var tooDear: WaitReason? = nil
    var tooLong: WaitReason? = nil
    for option in options {
      let allocation = option.allocation
      let rest = left[allocation] ?? .zero
      if end > option.windowEnd {
        let shortfall = WindowShortfall(
          allocation: allocation, ends: option.windowEnd, wouldEnd: end)
        tooLong = tooLong ?? .window(shortfall)
      } else if hold > rest {
        let available = problem.budgets[allocation] ?? .zero
        let shortfall = BudgetShortfall(
          allocation: allocation, needs: hold, available: available,
          promisedAhead: available - rest, prospect: problem.prospects[allocation])
        tooDear = tooDear ?? .budget(shortfall)
      } else if let cap = option.caps.first(where: { hold > capLeft[$0] ?? .zero }) {
        tooDear = tooDear ?? .cap(shortfall(of: cap, needs: hold, lasting: end, option))
      } else {
        return .from(option, hold)
      }
    }
    return .cannot(tooDear ?? tooLong ?? .noAllocation)
  }

  private func shortfall(
    of cap: CapID, needs hold: GPUTime, lasting end: Instant, _ option: AllocationOption
  ) -> CapShortfall {
    let room =
      problem.caps[cap]
      ?? CapRoom(
        limit: .zero, used: .zero, held: .zero, isShared: true, ends: option.windowEnd,
        limitAfter: .zero)
    let span = Seconds(max(end.milliseconds - now, 0) / 1000)
    let hasRoom = room.limitAfter.map { hold <= $0 } ?? true
    return CapShortfall(
      cap: cap, needs: hold, room: room, promisedAhead: room.left - (capLeft[cap] ?? room.left),
      // Begun at once it lasts until `end`; begun later as long.
      reopens: hasRoom && room.ends + span <= option.windowEnd ? room.ends : nil)
  }

  func refusals(of request: JobRequest) -> [RequestRefusal] {
    Admission(nodes: nodes.map(\.node), partitions: problem.partitions, now: problem.now)
      .refusals(of: request)
  }
}

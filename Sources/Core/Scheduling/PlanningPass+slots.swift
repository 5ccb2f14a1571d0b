import Domain

extension PlanningPass {
  /// Where and when a task could run, and what pays for it.
  struct Slot {
    let fit: Fit
    let begin: Int64
    let option: AllocationOption
    let hold: GPUTime
    let limit: Seconds
  }

  enum Finding {
    case slot(Slot)
    case none(WaitReason)
  }

  /// The earliest slot from `floor` on that the task's allocations can pay for, or why there is
  /// none; with `onlyThen`, a slot that begins at `floor` or why there is none. Where that is not
  /// now, a shorter limit that the task allows is tried for a start now.
  mutating func find(_ rank: Int, notBefore floor: Int64, onlyThen: Bool) -> Finding {
    if let reason = obstacle(toTaskAt: rank) { return .none(reason) }
    let candidate = queue[rank]
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
    var unpaid: WaitReason? = nil
    var blocked: Fit? = nil
    for (position, fit) in fits.enumerated() where fit.shape.nodes.count >= request.nodeCount {
      if case .cannot(let reason) = payment(of: candidate, fit.shape, from: floor) {
        unpaid = unpaid ?? reason
        continue
      }
      guard fit.usable.count >= request.nodeCount else { continue }
      guard
        let begin = start(of: candidate, on: fit, shape: position, floor, onlyThen: onlyThen)
      else {
        blocked = blocked ?? fit
        continue
      }
      guard best.map({ begin < $0.begin }) ?? true else { continue }
      guard candidate.meetsDeadline(request.timeLimit, from: begin) else {
        unpaid = unpaid ?? candidate.lateness(from: begin)
        continue
      }
      switch payment(of: candidate, fit.shape, from: begin) {
      case .from(let option, let hold):
        best = Slot(
          fit: fit, begin: begin, option: option, hold: hold, limit: request.timeLimit)
      case .cannot(let reason): unpaid = unpaid ?? reason
      }
    }
    if let best, best.begin == now { return .slot(best) }
    if floor == now, let short = shortened(candidate, fits) { return .slot(short) }
    if let best { return .slot(best) }
    if let blocked { return .none(hindrance(of: candidate, blocked, planned: nil)) }
    return .none(unpaid ?? .nodesUnavailable(nodeShortfall(request, fits)))
  }

  /// A slot now for the longest limit that the task takes, its nodes are free for and its allocations
  /// can pay for: of several shapes the longest, then the lightest.
  private func shortened(_ candidate: Candidate, _ fits: [Fit]) -> Slot? {
    let request = candidate.request
    guard request.leastLimit < request.timeLimit else { return nil }
    var best: Slot? = nil
    for fit in fits where fit.usable.count >= request.nodeCount {
      let free = availability.freeFor(
        on: fit.usable, count: request.nodeCount, share: fit.shape.perNode, now: now,
        required: fit.shape.required)
      guard let limit = candidate.shortened(toFit: free, from: now),
        best.map({ limit > $0.limit }) ?? true
      else { continue }
      if case .from(let option, let hold) = payment(of: candidate, fit.shape, limit, from: now) {
        best = Slot(fit: fit, begin: now, option: option, hold: hold, limit: limit)
      }
    }
    return best
  }

  /// Why a task can't be planned at all, whatever is free.
  func obstacle(toTaskAt rank: Int) -> WaitReason? {
    if case .waits(let reason) = queue[rank].eligibility { return reason }
    if let begin = queue[rank].request.notBefore, begin.milliseconds > now {
      return .notBefore(begin)
    }
    return nil
  }

  private mutating func start(
    of candidate: Candidate, on fit: Fit, shape: Int, _ floor: Int64, onlyThen: Bool
  ) -> Int64? {
    guard onlyThen else {
      return earliestStart(of: candidate, on: fit, shape: shape, notBefore: floor)
    }
    let possible = availability.canStart(
      on: fit.usable, count: candidate.request.nodeCount, share: fit.shape.perNode,
      span: candidate.span.count * 1000, at: floor, required: fit.shape.required)
    return possible ? floor : nil
  }

  enum Payment {
    case from(AllocationOption, GPUTime)
    case cannot(WaitReason)
  }

  /// The first allocation that has the window and the money for a start at `begin`. If there is
  /// none: a lack of money goes before a lack of time, since money may come back.
  private func payment(
    of candidate: Candidate, _ shape: Shape, _ limit: Seconds? = nil, from begin: Int64
  ) -> Payment {
    let span = limit.map { $0 + candidate.grace } ?? candidate.span
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
          promisedAhead: available - rest)
        tooDear = tooDear ?? .budget(shortfall)
      } else if let cap = option.caps.first(where: { hold > capLeft[$0] ?? .zero }) {
        tooDear = tooDear ?? .cap(shortfall(of: cap, needs: hold))
      } else {
        return .from(option, hold)
      }
    }
    return .cannot(tooDear ?? tooLong ?? .noAllocation)
  }

  private func shortfall(of cap: CapID, needs hold: GPUTime) -> CapShortfall {
    let room = problem.caps[cap] ?? CapRoom(limit: .zero, used: .zero, held: .zero, isShared: true)
    return CapShortfall(
      cap: cap, needs: hold, room: room, promisedAhead: room.left - (capLeft[cap] ?? room.left))
  }

  func refusals(of request: JobRequest) -> [RequestRefusal] {
    Admission(nodes: nodes.map(\.node), partitions: problem.partitions, now: problem.now)
      .refusals(of: request)
  }
}

import Domain

/// Requests that no pool alone could hold: they lie on nodes of several, or nowhere.
extension CountedPass {
  /// Those that had their turn in this plan.
  struct Strays {
    /// Who has a start or a slot.
    var placed = 0
    var tried = 0
    /// The last of them.
    var last: TaskID?
    /// Of each kind, what was told of the first that had no turn.
    var looks: [Int: WaitReason] = [:]

    var isOver: Bool { placed >= mostStrays || tried >= mostTries }

    mutating func count(_ task: TaskID, isPlaced: Bool) {
      tried += 1
      guard isPlaced else { return }
      placed += 1
      last = task
    }
  }

  /// Decides about one; the begin of its slot if it has one.
  mutating func stray(
    _ rank: Int, _ number: Int, notBefore floor: Int64, _ mode: Mode
  ) -> Int64? {
    guard let fit = strayFit(pass.queue[rank].request) else {
      return wait(rank, hindrance(rank, number, nil))
    }
    guard !strays.isOver else { return wait(rank, withoutTurn(rank, number, fit)) }
    if case .startNow = mode {
      pass.startNow(rank)
    } else {
      let waits = if case .backfill = mode { true } else { false }
      _ = pass.plan(rank, notBefore: Instant(milliseconds: floor), waitsForLimits: waits)
    }
    let slot = pass.slot(of: rank)
    strays.count(pass.queue[rank].task, isPlaced: slot != nil)
    guard let slot else { return nil }
    let (begin, end) = (slot.begin.milliseconds, slot.end.milliseconds)
    for node in slot.nodes { lower(node, by: slot.share, from: begin, until: end) }
    return begin
  }

  /// Its turn is not in this plan: what stands in its way now is told all the same, looked up once
  /// for its kind.
  private mutating func withoutTurn(
    _ rank: Int, _ number: Int, _ fit: PlanningPass.Fit
  ) -> WaitReason {
    if let known = strays.looks[number] { return known }
    let reason = pass.hindrance(
      of: pass.queue[rank], fit, planned: nil, behind: (strays.last, strays.placed))
    switch reason {
    case .reserved, .reservationEnds: break  // It is told with the task's own end.
    default: strays.looks[number] = reason
    }
    return reason
  }

  /// Of those ahead of a task that is asked about: each had its turn, and was given this.
  mutating func followStray(_ candidate: Candidate, isPlaced: Bool) {
    guard !strays.isOver, pass.obstacle(to: candidate) == nil,
      strayFit(candidate.request) != nil
    else { return }
    strays.count(candidate.task, isPlaced: isPlaced)
  }

  /// Where a stray could lie, in the first of its partitions that could hold it.
  mutating func strayFit(_ asked: JobRequest) -> PlanningPass.Fit? {
    for request in asked.byPartition {
      guard let partition = pass.partitions[request.partition] else { continue }
      let fit = pass.fits(of: request, on: partition)
        .first { $0.usable.count >= request.nodeCount }
      if let fit { return fit }
    }
    return nil
  }
}

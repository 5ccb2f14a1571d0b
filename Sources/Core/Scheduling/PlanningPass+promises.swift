import Domain

/// The promises of the plan before: laid down again before anybody is planned.
extension PlanningPass {
  /// One that is laid down.
  struct Promise {
    let nodes: [Int]
    let share: NodeResources
    let begin: Int64
    let end: Int64
    let option: AllocationOption
    let hold: GPUTime
    let licences: [LicenceShare]
  }

  /// Lays the promises down before the walk, in queue order, nodes and money alike, as far as they
  /// can still be kept: the task waits and is eligible, its nodes are up, its slot is free, its
  /// allocation can pay. One whose start has passed is due now. Of the others it is told why.
  mutating func layPromises() {
    let byTask = Dictionary(problem.promises.map { ($0.task, $0) }) { first, _ in first }
    for (rank, candidate) in problem.queue.enumerated() {
      guard let old = byTask[candidate.task] else { continue }
      switch promise(old, of: candidate) {
      case .failure(let cause): broken[candidate.task] = cause
      case .success(let promise):
        spend(promise.hold, from: promise.option)
        limits.take(
          candidate.use(old.placement, hold: promise.hold), of: promise.option.limits,
          from: promise.begin, until: promise.end)
        occupy(
          promise.nodes, promise.share,
          Tenancy(
            task: candidate.task, begin: promise.begin, end: promise.end, rank: rank))
        promised[candidate.task] = promise
      }
    }
  }

  /// What is laid down for a promise, or why it can't be.
  private mutating func promise(
    _ old: PlannedReservation, of candidate: Candidate
  ) -> Result<Promise, LateCause> {
    guard candidate.eligibility == .eligible else { return .failure(LateCause(.blocked)) }
    let begin = max(old.start.milliseconds, now)
    let end = begin + candidate.span.count * 1000
    let share = old.placement.perNode
    guard candidate.request.nodeCount == old.placement.nodes.count,
      candidate.meetsDeadline(candidate.request.timeLimit, from: begin)
    else { return .failure(LateCause(.request)) }
    let name = old.placement.partition ?? candidate.request.partition
    guard candidate.request.partitions.contains(name), let partition = partitions[name] else {
      return .failure(LateCause(.blocked))
    }
    let asked =
      candidate.request.otherPartitions.isEmpty
      ? candidate.request : candidate.request.changed(partition: name)
    let fit = fits(of: asked, on: partition).first { $0.shape.perNode == share }
    guard let fit,
      let hold = fit.shape.cost(
        nodes: asked.nodeCount, seconds: candidate.span.count, tasks: 1)
    else { return .failure(LateCause(.request)) }
    let nodes = positions(of: old.placement, for: candidate)
    let down = nodes.filter {
      self.nodes[$0].state != .up || !fit.usable.contains($0)
    }
    guard nodes.count == old.placement.nodes.count, down.isEmpty else {
      let there = Set(nodes).subtracting(down).map { self.nodes[$0].node.name }
      return .failure(
        LateCause(.node, nodes: old.placement.nodes.filter { !there.contains($0) }))
    }
    let taken = nodes.filter { !availability.has(share, on: $0, from: begin, until: end) }
    guard taken.isEmpty else {
      if old.start + candidate.span > old.end { return .failure(LateCause(.request)) }
      let aside = taken.filter {
        reserved.first(on: $0, before: Instant(milliseconds: end)) != nil
      }
      return .failure(
        LateCause(
          aside.isEmpty ? .overrun : .reservation,
          nodes: (aside.isEmpty ? taken : aside).map { self.nodes[$0].node.name }))
    }
    guard let option = payer(candidate, old.allocation, hold, until: end) else {
      return .failure(LateCause(.money))
    }
    let use = candidate.use(old.placement, hold: hold)
    guard limits.have(use, of: option.limits, from: begin, span: end - begin) else {
      return .failure(LateCause(.limit))
    }
    return .success(
      Promise(
        nodes: nodes, share: share, begin: begin, end: end, option: option, hold: hold,
        licences: candidate.request.licences))
  }

  /// What still pays for a promise.
  private func payer(
    _ candidate: Candidate, _ allocation: AllocationID, _ hold: GPUTime, until end: Int64
  ) -> AllocationOption? {
    guard hold <= left[allocation] ?? .zero else { return nil }
    return candidate.options.first { option in
      option.allocation == allocation && end <= option.windowEnd.milliseconds
        && option.caps.allSatisfy { hold <= capLeft[$0] ?? .zero }
    }
  }

  /// True if a promise to a task was laid down and not lifted yet.
  func hasPromise(_ task: TaskID) -> Bool { promised[task] != nil }

  /// Takes a task's promise away again, when its turn comes, and returns its start. From here on
  /// the walk's bounds are void: there is more free than there was.
  mutating func liftPromise(of task: TaskID) -> Instant? {
    guard let promise = promised.removeValue(forKey: task) else { return nil }
    for node in promise.nodes {
      give(promise.share, on: node, from: promise.begin, until: promise.end)
      tenancies[node].removeAll { $0.task == task }
    }
    spend(.zero - promise.hold, from: promise.option)
    let use = LimitUse(
      gpus: Int64(promise.share.gpus) * Int64(promise.nodes.count), running: 1,
      held: promise.hold, licences: promise.licences)
    limits.take(
      use, of: promise.option.limits, from: promise.begin, until: promise.end, sign: -1)
    bounds.removeAll(keepingCapacity: true)
    return Instant(milliseconds: promise.begin)
  }
}

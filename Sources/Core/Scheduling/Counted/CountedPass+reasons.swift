import Domain

/// Why a task that is planned on counts does not start now.
extension CountedPass {
  /// Why a task that has the money does not start now, in the figures of its pool.
  mutating func hindrance(
    _ rank: Int, _ number: Int, _ place: TaskKinds.Place?
  ) -> WaitReason {
    let kind = kinds.all[number]
    guard let place, kind.usable >= kind.nodeCount else {
      if lacking[number] == nil { lacking[number] = pass.lack(pass.queue[kind.first].request) }
      return lacking[number] ?? .noAllocation
    }
    if let reason = reservationInTheWay(rank, number, place) { return reason }
    // Not the pool itself, which has many parts to copy.
    let shelf = pools[place.pool].shelf.counts
    let share = place.share
    if kind.isWhole {
      let lane = pools[place.pool].lanes.emptyLane
      let empty = capacity.value(of: lane, in: place.pool, at: pass.now)
      let free = Int(empty) / pools[place.pool].lanes.unit
      if free < kind.nodeCount {
        return shortfall(.nodes, kind, place, fitting: free, inAll: free)
      }
    }
    let fitting = shelf[min(share.gpus, shelf.count)...].reduce(0, +)
    if fitting < kind.nodeCount {
      return shortfall(
        .gpus, kind, place, fitting: fitting,
        inAll: shelf.indices.reduce(0) { $0 + $1 * shelf[$1] })
    }
    if let ahead = pools[place.pool].lastPlanned, hasNow(place, number) {
      return .priority(ahead: ahead, jobsAhead: pools[place.pool].planned)
    }
    // GPUs are not what is short: a look at the nodes, once for all tasks of the kind until
    // something starts there.
    let starts = pools[place.pool].starts
    if let look = looks[number], look.starts == starts, look.pool == place.pool {
      return look.reason
    }
    let fit = PlanningPass.Fit(
      shape: Shape(perNode: share, nodeWeight: place.nodeWeight, nodes: []),
      usable: TaskKinds.usable(kinds.pools.all[place.pool], pass))
    let reason = pass.hindrance(
      of: pass.queue[rank], fit, planned: nil,
      behind: (pools[place.pool].lastPlanned, pools[place.pool].planned))
    // A reservation is told with the task's own end.
    if case .reserved = reason { return reason }
    looks[number] = Look(pool: place.pool, starts: starts, reason: reason)
    return reason
  }

  private func shortfall(
    _ resource: CountedResource, _ kind: TaskKinds.Kind, _ place: TaskKinds.Place, fitting: Int,
    inAll: Int
  ) -> WaitReason {
    .resources(
      ResourceShortfall(
        resource: resource, wantedPerNode: place.share[resource], wantedNodes: kind.nodeCount,
        freeNodes: fitting, freeInAll: inAll, blockingTasks: [],
        jobsAhead: pools[place.pool].planned))
  }

  /// True if enough nodes of a pool have a share free at this moment, with its CPUs and memory.
  private mutating func hasNow(_ place: TaskKinds.Place, _ number: Int) -> Bool {
    // Else GPUs are used up first.
    guard pools[place.pool].lanes.countsCPUs else { return true }
    let room = Room(pool: place.pool, starts: pools[place.pool].starts)
    if roomy[number] == room { return true }
    let count = kinds.all[number].nodeCount
    let question = Failure(share: place.share, count: count, span: 0)
    guard !pools[place.pool].vain.contains(where: { $0.covers(question) }) else { return false }
    let found = pools[place.pool].shelf.first(count, withFree: place.share.gpus) {
      pass.availability.hasNow(place.share, on: $0)
    }
    if found.count == count {
      roomy[number] = room
    } else {
      pools[place.pool].vain.note(question)
    }
    return found.count == count
  }
}

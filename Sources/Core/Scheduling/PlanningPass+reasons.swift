import Domain

extension PlanningPass {
  /// Why a task that has nodes and money does not start now, as things stand when its turn comes.
  ///
  /// - Parameter others: who was planned ahead of it in a way that its own nodes don't show: the last,
  ///   and how many were.
  func hindrance(
    of candidate: Candidate, _ fit: Fit, planned: (begin: Int64, nodes: [Int])?,
    behind others: (last: TaskID?, count: Int) = (nil, 0)
  ) -> WaitReason {
    let request = candidate.request
    let shape = fit.shape
    if let reason = reservationOfItsOwn(candidate) { return reason }
    if let reason = reservationInTheWay(of: candidate, shape.perNode, on: fit.usable) {
      return reason
    }
    let fitting = fit.usable.filter { availability.hasNow(shape.perNode, on: $0) }
    // Where one that must be among them is not free, only those are looked at.
    let isHeld = shape.required.contains { !fitting.contains($0) }
    let usable = isHeld ? shape.required : fit.usable
    let wanted = isHeld ? shape.required.count : request.nodeCount
    guard isHeld || fitting.count < request.nodeCount else {
      if let reason = tooFarApart(candidate, shape, fitting) { return reason }
      let span = candidate.span.count * 1000
      // Times on counts are rounded: what begins just after its end can be in its way.
      let ahead =
        firstInTheWay(on: fitting, until: now + span) ?? others.last
        ?? firstInTheWay(on: fitting, until: .max) ?? reservations.last?.slot.task ?? holdingUp
      if ahead == nil, let reason = reservationAfter(candidate, fitting) { return reason }
      let held = holdingUp == nil ? 0 : 1
      return .priority(
        ahead: ahead ?? candidate.task,
        jobsAhead: max(reservations.count, others.count, held))
    }
    let free = usable.map { availability.freeNow(on: $0) }
    let counted = binding(shape.perNode, wanted, free)
    let enough = free.filter {
      counted == .nodes ? shape.perNode.fits(in: $0) : $0[counted] >= shape.perNode[counted]
    }
    return .resources(
      ResourceShortfall(
        resource: counted, wantedPerNode: shape.perNode[counted],
        wantedNodes: wanted, freeNodes: enough.count,
        freeInAll: counted == .nodes
          ? enough.count : free.reduce(0) { $0 + max($1[counted], 0) },
        blockingTasks: planned.map { blocking($0.nodes, before: $0.begin) } ?? [],
        jobsAhead: max(reservations.count, others.count)))
  }

  /// The reason of a task that finds enough nodes free, behind more switches than it wants.
  private func tooFarApart(
    _ candidate: Candidate, _ shape: Shape, _ fitting: [Int]
  ) -> WaitReason? {
    guard let near = nearness(of: candidate.request, at: now),
      let wish = candidate.request.terms.switches
    else { return nil }
    let free = fitting.reduce(into: [:]) { $0[near.leaves[$1], default: 0] += 1 }
    return near.suffices(free, for: candidate.request.nodeCount, required: shape.required)
      ? nil : .switches(wish, wantedNodes: candidate.request.nodeCount)
  }

  /// The resource that the fewest nodes have enough of, or nodes if each alone is on enough.
  private func binding(
    _ share: NodeResources, _ count: Int, _ free: [NodeResources]
  ) -> CountedResource {
    var scarcest = CountedResource.nodes
    var fewest = count
    for resource in [CountedResource.gpus, .cpus, .memory] {
      let enough = free.count { $0[resource] >= share[resource] }
      if enough < fewest { (scarcest, fewest) = (resource, enough) }
    }
    return scarcest
  }

  /// The first task of the queue whose slot begins before `end` on one of these nodes.
  private func firstInTheWay(on positions: [Int], until end: Int64) -> TaskID? {
    var first: Tenancy? = nil
    for tenancy in positions.lazy.flatMap({ tenancies[$0] })
    where tenancy.begin > now && tenancy.begin < end {
      if first.map({ tenancy.rank < $0.rank }) ?? true { first = tenancy }
    }
    return first?.task
  }

  /// The tasks that leave these nodes between now and a start there: the last to end, at most
  /// ``ResourceShortfall/mostBlockingTasks``, ascending by id.
  private func blocking(_ positions: [Int], before begin: Int64) -> [TaskID] {
    var last: [(end: Int64, task: TaskID)] = []
    for tenancy in positions.lazy.flatMap({ tenancies[$0] }) where tenancy.end <= begin {
      guard !last.contains(where: { $0.task == tenancy.task }) else { continue }
      let place = last.firstIndex { ($0.end, tenancy.task) < (tenancy.end, $0.task) }
      last.insert((tenancy.end, tenancy.task), at: place ?? last.count)
      if last.count > ResourceShortfall.mostBlockingTasks { last.removeLast() }
    }
    return last.map(\.task).sorted()
  }

  /// Why nothing can be planned for a request of which too few nodes exist or are up: the same for
  /// every time limit.
  mutating func lack(_ request: JobRequest) -> WaitReason {
    guard let partition = partitions[request.partition] else {
      return .impossible(refusals(of: request))
    }
    let admission = Admission(
      nodes: nodes.map(\.node), partitions: problem.partitions, now: problem.now)
    let refusals = admission.placeRefusals(of: request, on: partition)
    guard refusals.isEmpty else { return .impossible(refusals) }
    return .nodesUnavailable(nodeShortfall(request, fits(of: request, on: partition)))
  }

  /// The numbers for a task that too few nodes are up for.
  func nodeShortfall(_ request: JobRequest, _ fits: [Fit]) -> NodeShortfall {
    let required = fits.flatMap(\.shape.required).filter { nodes[$0].state != .up }
    let positions = required.isEmpty ? fits.flatMap(\.shape.nodes).sorted() : required
    let unavailable = positions.compactMap { position -> UnavailableNode? in
      guard case .unavailable(let reason) = nodes[position].state else { return nil }
      return UnavailableNode(node: nodes[position].node.name, reason: reason)
    }
    return NodeShortfall(
      wantedNodes: request.nodeCount, usableNodes: fits.map(\.usable.count).max() ?? 0,
      unavailable: unavailable)
  }
}

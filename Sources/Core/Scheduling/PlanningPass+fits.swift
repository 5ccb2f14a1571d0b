import Domain

/// The nodes that requests fit on, and the earliest start on them: found once for all alike.
extension PlanningPass {
  /// Requests that have the same shapes.
  struct FitKey: Hashable {
    let partition: PartitionName
    let perNode: NodeResources
    let gpuType: String?
    let terms: NodeTerms
    /// False if it requires more nodes than it takes: then it has no shape.
    let hasRoomForRequired: Bool

    init(_ request: JobRequest) {
      partition = request.partition
      perNode = request.perNode
      gpuType = request.gpuType
      // Which nodes it fits on they don't say.
      terms = request.terms.switches == nil ? request.terms : request.terms.anywhere
      hasRoomForRequired = request.terms.required.count <= request.nodeCount
    }
  }

  /// Tasks that start at the same time if they come one after the other.
  struct BoundKey: Hashable {
    let fit: FitKey
    let shape: Int
    let nodeCount: Int
    let span: Seconds
    let switches: SwitchWish?
  }

  /// The shapes of a request with enough nodes, up or not; the lightest first.
  mutating func fits(of request: JobRequest, on partition: Partition) -> [Fit] {
    let key = FitKey(request)
    if let known = fitsByKey[key] { return known }
    let shapes = Shape.all(
      of: request, on: partition, nodes.map(\.node), at: places[partition.name],
      now: problem.now)
    let new = shapes.map { shape in
      let isWhole = shape.required.allSatisfy { nodes[$0].state == .up }
      return Fit(
        shape: shape, usable: isWhole ? shape.nodes.filter { nodes[$0].state == .up } : [])
    }
    fitsByKey[key] = new
    return new
  }

  /// The earliest start of a task on nodes of one of its shapes, by position in ``fits(of:on:)``.
  ///
  /// Within one pass capacity only shrinks, so what was found for an equal task ahead is a lower
  /// bound: the search begins there.
  mutating func earliestStart(
    of candidate: Candidate, on fit: Fit, shape: Int, notBefore floor: Int64
  ) -> Int64? {
    let request = candidate.request
    let key = BoundKey(
      fit: FitKey(request), shape: shape, nodeCount: request.nodeCount, span: candidate.span,
      switches: request.terms.switches)
    let from = max(floor, bounds[key] ?? floor)
    let start =
      nearStart(of: candidate, on: fit, notBefore: from)
      ?? availability.earliestStart(
        on: fit.usable, count: request.nodeCount, share: fit.shape.perNode,
        span: candidate.span.count * 1000,
        notBefore: max(from, afterWaiting(request, from: from)), required: fit.shape.required)
    // Found from a later floor it would bound nothing.
    if floor <= now { bounds[key] = start }
    return start
  }

  /// Who waited long enough for few switches is planned as any other: on counts, and alike with those.
  mutating func forgetVainWishes() {
    for rank in queue.indices where queue[rank].request.terms.switches != nil {
      queue[rank] = heeded(queue[rank])
    }
  }

  /// The same without a wish that no start from now on has to heed.
  func heeded(_ candidate: Candidate) -> Candidate {
    guard candidate.request.terms.switches != nil,
      nearness(of: candidate.request, at: now) == nil
    else { return candidate }
    return candidate.asking(for: candidate.request.anywhere)
  }

  /// The earliest start behind as few switches as a task waits for, before it takes any; nil if there is
  /// none, or it waits for none.
  private func nearStart(
    of candidate: Candidate, on fit: Fit, notBefore from: Int64
  ) -> Int64? {
    let request = candidate.request
    guard let near = nearness(of: request, at: from), let wish = request.terms.switches else {
      return nil
    }
    let all = fit.usable.reduce(into: [:]) { $0[near.leaves[$1], default: 0] += 1 }
    guard near.suffices(all, for: request.nodeCount, required: fit.shape.required) else {
      return nil
    }
    let start = availability.earliestStart(
      on: fit.usable, count: request.nodeCount, share: fit.shape.perNode,
      span: candidate.span.count * 1000, notBefore: from, required: fit.shape.required,
      near: near)
    return start.flatMap { $0 < wish.until.milliseconds ? $0 : nil }
  }

  /// From when on a task takes nodes behind any number of switches.
  private func afterWaiting(_ request: JobRequest, from: Int64) -> Int64 {
    guard nearness(of: request, at: from) != nil else { return from }
    return request.terms.switches.map { max(from, $0.until.milliseconds) } ?? from
  }

  /// How near each other the nodes of a run that starts then must be; nil for anywhere.
  func nearness(of request: JobRequest, at begin: Int64) -> Nearness? {
    guard let wish = request.terms.switches, begin < wish.until.milliseconds,
      !availability.topology.isFlat
    else { return nil }
    return Nearness(most: wish.most, leaves: availability.topology.leaves)
  }
}

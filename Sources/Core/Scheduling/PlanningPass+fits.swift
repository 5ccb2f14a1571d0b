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
      terms = request.terms
      hasRoomForRequired = request.terms.required.count <= request.nodeCount
    }
  }

  /// Tasks that start at the same time if they come one after the other.
  struct BoundKey: Hashable {
    let fit: FitKey
    let shape: Int
    let nodeCount: Int
    let span: Seconds
  }

  /// The shapes of a request with enough nodes, up or not; the lightest first.
  mutating func fits(of request: JobRequest, on partition: Partition) -> [Fit] {
    let key = FitKey(request)
    if let known = fitsByKey[key] { return known }
    let shapes = Shape.all(
      of: request, on: partition, nodes: nodes.map(\.node), now: problem.now)
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
    if let near = nearness(of: request, at: floor), let wish = request.terms.switches {
      let until = wish.until.milliseconds
      let start = availability.earliestStart(
        on: fit.usable, count: request.nodeCount, share: fit.shape.perNode,
        span: candidate.span.count * 1000, notBefore: floor, required: fit.shape.required,
        near: near)
      if let start, start < until { return start }
      return availability.earliestStart(
        on: fit.usable, count: request.nodeCount, share: fit.shape.perNode,
        span: candidate.span.count * 1000, notBefore: max(floor, until),
        required: fit.shape.required)
    }
    let key = BoundKey(
      fit: FitKey(request), shape: shape, nodeCount: request.nodeCount, span: candidate.span)
    let start = availability.earliestStart(
      on: fit.usable, count: request.nodeCount, share: fit.shape.perNode,
      span: candidate.span.count * 1000, notBefore: max(floor, bounds[key] ?? floor),
      required: fit.shape.required)
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

  /// How near each other the nodes of a run that starts then must be; nil for anywhere.
  func nearness(of request: JobRequest, at begin: Int64) -> Nearness? {
    guard let wish = request.terms.switches, begin < wish.until.milliseconds,
      !availability.topology.isFlat
    else { return nil }
    return Nearness(most: wish.most, leaves: availability.topology.leaves)
  }
}

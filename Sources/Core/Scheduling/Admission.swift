package import Domain

/// What can be said of a request from the description of the centre alone, whatever runs and
/// whatever is down.
package struct Admission: Sendable {
  package let nodes: [Node]
  package let partitions: [Partition]
  /// When a request would start: the rate cards in force then price it.
  package let now: Instant
  private let places: NodePlaces

  package init(nodes: [Node], partitions: [Partition], now: Instant) {
    self.nodes = nodes
    self.partitions = partitions
    self.now = now
    places = NodePlaces(nodes, partitions)
  }

  /// Prices a request, or says why it can never run. Of any request from outside: no size of its
  /// numbers can overflow.
  package func quote(_ request: JobRequest, grace: Seconds) -> QuoteResult {
    let reasons = refusals(of: request)
    guard reasons.isEmpty, let partition = partition(request.partition) else {
      return .refused(reasons)
    }
    let shapes = Shape.all(
      of: request, on: partition, nodes, at: places[partition.name], now: now)
    let enough = shapes.filter { $0.nodes.count >= request.nodeCount }
    guard let lightest = enough.first, let heaviest = enough.last else { return .refused(reasons) }
    let tasks = max(request.arrayIndices.count, 1)
    let span = request.timeLimit.count.addingReportingOverflow(max(grace.count, 0))
    guard !span.overflow,
      let total = heaviest.cost(nodes: request.nodeCount, seconds: span.partialValue, tasks: tasks)
    else { return .refused([.tooExpensive(most: .largest)]) }
    let charge = heaviest.weight(nodes: request.nodeCount) * request.timeLimit
    return .quoted(
      Quote(
        partition: partition.name, rateVersion: partition.rateCard(at: now).version,
        weight: heaviest.weight(nodes: request.nodeCount),
        leastWeight: lightest.weight(nodes: request.nodeCount), perNode: heaviest.perNode,
        gpuType: nodes[heaviest.nodes[0]].gpuType,
        nodeCount: request.nodeCount, taskCount: tasks,
        holdPerTask: heaviest.weight(nodes: request.nodeCount) * Seconds(span.partialValue),
        maximumChargePerTask: charge, totalHold: total,
        maximumTotalCharge: GPUTime(milliseconds: charge.milliseconds * Int64(tasks))))
  }

  /// Every reason why the request can never run in its partition (the first that it lists), in order
  /// of precedence; empty if it can.
  package func refusals(of request: JobRequest) -> [RequestRefusal] {
    guard let partition = partition(request.partition) else {
      return [
        .unknownPartition(request.partition, accepted: partitions.map(\.name).sorted())
      ]
    }
    var reasons: [RequestRefusal] = []
    let asked = request.perNode
    let least = min(asked.gpus, asked.cpus, asked.memoryMiB)
    let most = max(asked.gpus, asked.cpus, asked.memoryMiB)
    if least < 0 || most == 0 && !partition.wholeNodes { reasons.append(.nothingAsked(asked)) }
    if request.timeLimit <= .zero || request.timeLimit > partition.maximumTimeLimit {
      reasons.append(.timeLimit(asked: request.timeLimit, maximum: partition.maximumTimeLimit))
    }
    return reasons + placeRefusals(of: request, on: partition)
  }

  /// The reasons that lie in its nodes, whatever its time limit.
  func placeRefusals(
    of request: JobRequest, on partition: Partition
  ) -> [RequestRefusal] {
    let inPartition = places[partition.name].filter {
      nodes[$0].reservation == request.terms.reservation
    }
    let fitting = inPartition.filter {
      request.gpuType == nil || nodes[$0].gpuType == request.gpuType
    }
    if let type = request.gpuType, fitting.isEmpty {
      let types = Set(
        inPartition.filter { nodes[$0].capacity.gpus > 0 }.map { nodes[$0].gpuType })
      return [.gpuType(asked: type, accepted: types.sorted())]
    }
    let accepted = fitting.filter { request.terms.accepts(nodes[$0]) }
    guard !accepted.isEmpty || fitting.isEmpty else {
      return [
        .features(
          request.terms.features, excluded: request.terms.excluded.count,
          of: fitting.count, accepted: features(of: fitting))
      ]
    }
    let tooLarge = [CountedResource.gpus, .cpus, .memory].compactMap { resource in
      let most = accepted.lazy.map { nodes[$0].capacity[resource] }.max() ?? 0
      return request.perNode[resource] > most
        ? RequestRefusal.tooLargeForAnyNode(
          resource, asked: request.perNode[resource], most: most) : nil
    }
    guard tooLarge.isEmpty else { return tooLarge }
    if let refusal = shareRefusal(of: request, on: partition, accepted) { return [refusal] }
    let shapes = Shape.all(
      of: request, on: partition, nodes, at: places[partition.name], now: now)
    if let refusal = requiredRefusal(of: request, accepted, shapes) { return [refusal] }
    let most = shapes.map(\.nodes.count).max() ?? 0
    return most < request.nodeCount ? [.tooFewNodes(asked: request.nodeCount, most: most)] : []
  }

  /// That no node can give that part of a GPU, or that the partition gives whole nodes only.
  private func shareRefusal(
    of request: JobRequest, on partition: Partition, _ accepted: [Int]
  ) -> RequestRefusal? {
    let asked = request.perNode.gpuThousandths
    guard asked != 0 else { return nil }
    if partition.wholeNodes { return .shares(asked: asked, shardsPerGPU: [], wholeNodes: true) }
    guard request.perNode.gpus == 1, accepted.contains(where: { nodes[$0].holds(request.perNode) })
    else {
      let cuts = Set(accepted.map { nodes[$0].shardsPerGPU }).subtracting([0])
      return .shares(asked: asked, shardsPerGPU: cuts.sorted(), wholeNodes: false)
    }
    return nil
  }

  /// That the required nodes can't be among those of any shape.
  private func requiredRefusal(
    of request: JobRequest, _ accepted: [Int], _ shapes: [Shape]
  ) -> RequestRefusal? {
    let required = request.terms.required
    guard !required.isEmpty else { return nil }
    let large = Set(
      accepted.filter { nodes[$0].holds(request.perNode) }.map { nodes[$0].name })
    let unfit = required.filter { !large.contains($0) }
    if !unfit.isEmpty { return .requiredNodes(unfit, wanted: request.nodeCount) }
    return shapes.isEmpty || required.count > request.nodeCount
      ? .requiredNodes(required, wanted: request.nodeCount) : nil
  }

  private func features(of positions: [Int]) -> [FeatureCount] {
    var counts: [FeatureName: Int] = [:]
    for feature in positions.flatMap({ nodes[$0].features }) {
      counts[feature, default: 0] += 1
    }
    return counts.map { FeatureCount(feature: $0, nodes: $1) }.sorted { $0.feature < $1.feature }
  }

  private func partition(_ name: PartitionName) -> Partition? {
    partitions.first { $0.name == name }
  }
}

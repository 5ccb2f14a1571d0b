import Domain

/// One way in which a request can lie on nodes: the same share of each of some alike nodes.
///
/// On a shared partition a request has one shape, or one for each weight where GPUs of several types
/// weigh differently. On a whole-node partition it has one for each capacity and weight of node that
/// can hold it, since it occupies, and pays for, all of each.
struct Shape {
  /// Occupied on each node.
  let perNode: NodeResources
  /// Of one node.
  let nodeWeight: Weight
  /// Positions, in the list given, of the nodes that are large enough; ascending.
  let nodes: [Int]

  func weight(nodes count: Int) -> Weight {
    Weight(thousandths: nodeWeight.thousandths * Int64(count))
  }

  private struct Kind: Hashable {
    let perNode: NodeResources
    let weight: Weight
  }

  /// The lightest first, ties by size; none if no node can hold the request.
  ///
  /// - Parameter now: when it would start: the rate card in force then prices it.
  static func all(
    of request: JobRequest, on partition: Partition, nodes: [Node], now: Instant
  ) -> [Shape] {
    let members = Set(partition.nodes)
    let rates = partition.rateCard(at: now).rates
    var kinds: [Kind: [Int]] = [:]
    for (position, node) in nodes.enumerated() {
      guard members.contains(node.name), request.perNode.fits(in: node.capacity),
        request.gpuType == nil || request.gpuType == node.gpuType
      else { continue }
      let share = partition.wholeNodes ? node.capacity : request.perNode
      let weight = rates.weight(of: share, gpuType: node.gpuType)
      kinds[Kind(perNode: share, weight: weight), default: []].append(position)
    }
    return kinds.map { kind, positions in
      Shape(perNode: kind.perNode, nodeWeight: kind.weight, nodes: positions)
    }.sorted { $0.order < $1.order }
  }

  private var order: (Int64, Int, Int, Int) {
    (nodeWeight.thousandths, perNode.gpus, perNode.cpus, perNode.memoryMiB)
  }

  /// What some tasks of this shape cost together; nil if it is more than ``GPUTime/largest``.
  func cost(nodes count: Int, seconds: Int64, tasks: Int) -> GPUTime? {
    var product = nodeWeight.thousandths.multipliedReportingOverflow(by: Int64(count))
    if !product.overflow {
      product = product.partialValue.multipliedReportingOverflow(by: seconds)
    }
    if !product.overflow {
      product = product.partialValue.multipliedReportingOverflow(by: Int64(tasks))
    }
    guard !product.overflow, product.partialValue <= GPUTime.largest.milliseconds else {
      return nil
    }
    return GPUTime(milliseconds: product.partialValue)
  }
}

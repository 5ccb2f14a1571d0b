import Domain

/// One way in which a request can lie on nodes: the same share of each of some alike nodes.
///
/// On a shared partition a request has one shape. On a whole-node partition it has one for each
/// capacity of node that can hold it, since it occupies, and pays for, all of each.
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

  /// The lightest first, ties by size; none if no node can hold the request.
  static func all(of request: JobRequest, on partition: Partition, nodes: [Node]) -> [Shape] {
    let members = Set(partition.nodes)
    let fitting = nodes.indices.filter { position in
      let node = nodes[position]
      return members.contains(node.name) && request.perNode.fits(in: node.capacity)
        && (request.gpuType == nil || request.gpuType == node.gpuType)
    }
    guard !fitting.isEmpty else { return [] }
    guard partition.wholeNodes else {
      return [
        Shape(
          perNode: request.perNode, nodeWeight: partition.rates.weight(of: request.perNode),
          nodes: fitting)
      ]
    }
    return Dictionary(grouping: fitting) { nodes[$0].capacity }
      .map { capacity, positions in
        Shape(
          perNode: capacity, nodeWeight: partition.rates.weight(of: capacity),
          nodes: positions.sorted())
      }
      .sorted { $0.order < $1.order }
  }

  private var order: (Int64, Int, Int, Int) {
    (nodeWeight.thousandths, perNode.gpus, perNode.cpus, perNode.memoryMiB)
  }

  /// What some tasks of this shape cost together; nil if it is more than ``GPUTime/largest``.
  func cost(nodes count: Int, seconds: Int64, tasks: Int) -> GPUTime? {
    var product = nodeWeight.thousandths
    for factor in [Int64(count), seconds, Int64(tasks)] {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      product = next
    }
    return product <= GPUTime.largest.milliseconds ? GPUTime(milliseconds: product) : nil
  }
}

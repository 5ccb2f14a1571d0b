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
  /// Those of them that must be among the chosen; ascending.
  var required: [Int] = []

  func weight(nodes count: Int) -> Weight {
    Weight(thousandths: nodeWeight.thousandths * Int64(count))
  }

  private struct Kind: Hashable {
    let perNode: NodeResources
    let weight: Weight
  }

  /// The lightest first, ties by size; none if no node can hold the request.
  ///
  /// - Parameters:
  ///   - positions: of the partition's nodes among those given.
  ///   - now: when it would start: the rate card in force then prices it.
  static func all(
    of request: JobRequest, on partition: Partition, _ nodes: [Node], at positions: [Int],
    now: Instant
  ) -> [Shape] {
    let rates = partition.rateCard(at: now).rates
    let (asked, type, terms) = (request.perNode, request.gpuType, request.terms)
    var kinds: [Kind: [Int]] = [:]
    // Of nodes that follow each other most are alike.
    var last: (kind: Kind, capacity: NodeResources, type: String, positions: [Int])?
    for position in positions {
      guard nodes[position].holds(asked), type == nil || type == nodes[position].gpuType,
        terms.accepts(nodes[position])
      else { continue }
      if last?.capacity == nodes[position].capacity, last?.type == nodes[position].gpuType {
        last?.positions.append(position)
        continue
      }
      if let last { kinds[last.kind, default: []] += last.positions }
      let share = partition.wholeNodes ? nodes[position].capacity : asked
      let weight = rates.weight(of: share, gpuType: nodes[position].gpuType)
      last = (
        Kind(perNode: share, weight: weight), nodes[position].capacity, nodes[position].gpuType,
        [position]
      )
    }
    if let last { kinds[last.kind, default: []] += last.positions }
    return kinds.compactMap { kind, positions -> Shape? in
      guard request.terms.required.count <= request.nodeCount,
        let required = Self.positions(of: request.terms, among: positions, nodes)
      else { return nil }
      return Shape(
        perNode: kind.perNode, nodeWeight: kind.weight, nodes: positions, required: required)
    }.sorted { $0.order < $1.order }
  }

  /// The positions of all required nodes, or nil if one of them is not among those given.
  private static func positions(
    of terms: NodeTerms, among positions: [Int], _ nodes: [Node]
  ) -> [Int]? {
    guard !terms.required.isEmpty else { return [] }
    let found = positions.filter { terms.required.contains(nodes[$0].name) }
    return found.count == terms.required.count ? found : nil
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

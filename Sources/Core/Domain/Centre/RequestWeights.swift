/// What the GPUs that requests ask for weigh at an instant, by the rates of the first partition
/// that each names: what they are charged for at least, and what they are large or small by.
package struct RequestWeights: Sendable {
  private let partitions: [PartitionName: (rates: Rates, gpuType: String?)]

  /// - Complexity: linear in the nodes of all partitions.
  package init(_ centre: Centre, at instant: Instant) {
    partitions = centre.partitions.mapValues { partition in
      let nodes = partition.nodes.compactMap { centre.nodes[$0] }
      let types = Set(nodes.lazy.filter { $0.capacity.gpus > 0 }.map(\.gpuType))
      return (partition.rateCard(at: instant).rates, types.count == 1 ? types.first : nil)
    }
  }

  /// On all nodes. A share of a GPU weighs its part. Where no type is asked for and the partition
  /// has several, a GPU weighs what one without a weight of its own does; zero in an unknown
  /// partition.
  package func gpuWeight(of request: JobRequest) -> Weight {
    guard let partition = partitions[request.partition] else { return .zero }
    let perNode = partition.rates.parts(
      of: request.perNode, gpuType: request.gpuType ?? partition.gpuType
    ).gpus
    return Weight(thousandths: perNode.thousandths * Int64(request.nodeCount))
  }
}

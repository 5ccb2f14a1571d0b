package import Domain

/// Why a request can never run on a partition, however long it waits, with what would be accepted.
package enum RequestRefusal: Hashable, Sendable {
  /// The partition does not exist; those that do, by name.
  case unknownPartition(PartitionName, accepted: [PartitionName])
  /// It asks for nothing, or for less than nothing.
  case nothingAsked(NodeResources)
  /// The limit is not positive or above the partition's maximum.
  case timeLimit(asked: Seconds, maximum: Seconds)
  /// No node of the partition has GPUs of that type; those that exist, ascending.
  case gpuType(asked: String, accepted: [String])
  /// No node of the partition has the features, or all that have them are excluded; those that its
  /// nodes have, with how many have each, by name.
  case features(FeatureExpression?, excluded: Int, of: Int, accepted: [FeatureCount])
  /// These nodes must be among its nodes, and can't be: they are not in the partition, lack the
  /// features or the type of GPU, or are too small or too many.
  case requiredNodes([NodeName], wanted: Int)
  /// No node has that much of one resource; the most that a node has.
  case tooLargeForAnyNode(CountedResource, asked: Int, most: Int)
  /// No node can give that part of a GPU: the partition gives whole nodes only, or its nodes cut their
  /// GPUs into so many shards, ascending, none of which makes that part; none if no GPU is cut.
  case shares(asked: Int, shardsPerGPU: [Int], wholeNodes: Bool)
  /// Too few nodes could hold it, even if all were up.
  case tooFewNodes(asked: Int, most: Int)
  /// The whole request would cost more than one entry of the books can carry.
  case tooExpensive(most: GPUTime)
}

/// How many nodes of a partition have a feature.
package struct FeatureCount: Hashable, Sendable {
  package let feature: FeatureName
  package let nodes: Int
}

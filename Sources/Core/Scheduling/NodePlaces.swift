import Domain

/// Which of some nodes each partition has: found once for all that is asked of them.
struct NodePlaces: Sendable {
  private let places: [PartitionName: [Int]]

  /// - Parameter nodes: in any order; a name may come several times.
  init(_ nodes: [Node], _ partitions: [Partition]) {
    self.init(count: nodes.count, partitions) { nodes[$0].name }
  }

  /// - Complexity: partitions × nodes comparisons of names, and a sort if the nodes are in another
  ///   order. A comparison costs a fraction of a hash.
  init(count: Int, _ partitions: [Partition], name: (Int) -> NodeName) {
    let names = (0..<count).map(name)
    var order = Array(0..<count)
    if !zip(names, names.dropFirst()).allSatisfy({ $0 <= $1 }) {
      order.sort { (names[$0], $0) < (names[$1], $1) }
    }
    var places: [PartitionName: [Int]] = [:]
    for partition in partitions where places[partition.name] == nil {
      var own: [Int] = []
      var next = 0
      for position in order {
        // Both ascend.
        while next < partition.nodes.count, partition.nodes[next] < names[position] { next += 1 }
        guard next < partition.nodes.count else { break }
        if partition.nodes[next] == names[position] { own.append(position) }
      }
      places[partition.name] = own.sorted()
    }
    self.places = places
  }

  /// Positions, ascending; none of a partition that is not there.
  subscript(partition: PartitionName) -> [Int] { places[partition] ?? [] }
}

import Domain

/// The nodes of a pool by how many GPUs they have free now: the search for nodes to start on.
///
/// A set of positions for each number of free GPUs, as bits, so that the fullest nodes that still
/// have enough are met first, in order of name, and moving a node costs nothing to speak of.
struct NodeShelf {
  private let nodes: [Int]
  private var free: ContiguousArray<Int>
  /// Of each number of free GPUs, one bit for each node of the pool.
  private var rows: ContiguousArray<ContiguousArray<UInt64>>
  /// Nodes of each number of free GPUs.
  private(set) var counts: ContiguousArray<Int>

  /// - Parameter free: GPUs free now on each of the nodes; nil for one that takes nothing.
  init(nodes: [Int], gpus: Int, free: [Int?]) {
    self.nodes = nodes
    let words = (nodes.count + 63) / 64
    self.free = ContiguousArray(repeating: -1, count: nodes.count)
    rows = ContiguousArray(
      repeating: ContiguousArray(repeating: 0, count: words), count: gpus + 1)
    counts = ContiguousArray(repeating: 0, count: gpus + 1)
    for (index, gpus) in free.enumerated() {
      if let gpus { put(index, max(gpus, 0)) }
    }
  }

  /// The first nodes, the fullest first, with at least so many GPUs free that pass a test, at most
  /// `count` of them; as indices into the pool.
  func first(_ count: Int, withFree gpus: Int, where passes: (Int) -> Bool) -> [Int] {
    var found: [Int] = []
    guard gpus < rows.count else { return found }
    for row in gpus..<rows.count where counts[row] > 0 {
      for word in rows[row].indices {
        var bits = rows[row][word]
        while bits != 0 {
          let index = word * 64 + bits.trailingZeroBitCount
          bits &= bits - 1
          guard passes(nodes[index]) else { continue }
          found.append(index)
          if found.count == count { return found }
        }
      }
    }
    return found
  }

  func node(_ index: Int) -> Int { nodes[index] }

  /// A node has so many GPUs free now.
  mutating func move(_ index: Int, to gpus: Int) {
    let old = free[index]
    if old >= 0 {
      rows[old][index / 64] &= ~(1 << UInt64(index % 64))
      counts[old] -= 1
    }
    put(index, max(gpus, 0))
  }

  private mutating func put(_ index: Int, _ gpus: Int) {
    free[index] = gpus
    rows[gpus][index / 64] |= 1 << UInt64(index % 64)
    counts[gpus] += 1
  }
}

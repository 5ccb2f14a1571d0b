package import Domain

/// Fair Tree, as Slurm defines it (Cox and Morrison, 2014; Slurm's page "Fair Tree Fairshare
/// Algorithm"): of two projects, the members of the one that got less of its share all come before
/// those of the other, whatever each of them used.
///
/// The level fairshare of a node is its part of its siblings' shares over its part of their use. The
/// tree is walked depth first, siblings in descending order of it, and members are ranked as they are
/// met. Siblings that tie are treated as Slurm does: members who tie get one rank, and the ranks
/// after them are counted as if they had not; the children of other nodes that tie are ranked as if
/// they were siblings, each by the level fairshare that it has among its own.
package struct FairTree: Sendable {
  /// Where a member stands, and why.
  package struct Place: Hashable, Sendable {
    /// From 1, the first to be served.
    package let rank: Int
    /// How many are ranked.
    package let count: Int
    /// From the funder down to the member.
    package let levels: [Level]

    /// In millionths: the first has a million, and each after it 1/count less.
    package var factor: Int64 { Int64(count - rank + 1) * 1_000_000 / Int64(max(count, 1)) }
  }

  /// One node among its siblings.
  package struct Level: Hashable, Sendable {
    package let shares: Int64
    package let siblingShares: Int64
    package let usage: GPUTime
    package let siblingUsage: GPUTime

    /// In millionths: a million is exactly its share, more is less than its share. Without shares
    /// it is zero, without use as large as can be. Rounded down, so that what is closer than a
    /// millionth ties.
    package var fairshare: Int64 {
      guard shares > 0, siblingShares > 0 else { return 0 }
      guard usage > .zero else { return .max }
      let part = UInt128(shares.magnitude) * UInt128(siblingUsage.milliseconds.magnitude)
      let whole = UInt128(siblingShares.magnitude) * UInt128(usage.milliseconds.magnitude)
      return Int64(clamping: part * 1_000_000 / whole)
    }
  }

  package private(set) var places: [UsageLeaf: Place] = [:]

  /// Ranks leaves by what each has used; a negative use counts as none.
  ///
  /// - Complexity: n log n in the number of leaves.
  package init(_ usage: [UsageLeaf: GPUTime], _ weights: ShareWeights) {
    let leaves = usage.sorted { $0.key < $1.key }.map { (leaf: $0.key, used: max($0.value, .zero)) }
    let root = FairTree.children(of: leaves[...], depth: 0, weights)
    var ranked = 0
    rank(root, ranked: &ranked, count: leaves.count)
  }

  /// A subtree, with the levels above it and its own.
  private struct Node {
    /// A leaf under it: its own for a member.
    let leaf: UsageLeaf
    let level: Level
    let children: [Node]
    let path: [Level]
  }

  private static func children(
    of leaves: ArraySlice<(leaf: UsageLeaf, used: GPUTime)>, depth: Int, _ weights: ShareWeights,
    path: [Level] = []
  ) -> [Node] {
    var parts: [ArraySlice<(leaf: UsageLeaf, used: GPUTime)>] = []
    var first = leaves.startIndex
    for index in leaves.indices
    where index + 1 == leaves.endIndex
      || !shareNode(leaves[index].leaf, leaves[index + 1].leaf, depth: depth)
    {
      parts.append(leaves[first...index])
      first = index + 1
    }
    let shares = parts.map { weights.shares(of: $0[$0.startIndex].leaf, depth: depth) }
    let used = parts.map { $0.reduce(GPUTime.zero) { $0 + $1.used } }
    let allShares = shares.reduce(0, +)
    let allUsed = used.reduce(.zero, +)
    return parts.indices.map { index in
      let level = Level(
        shares: shares[index], siblingShares: allShares, usage: used[index],
        siblingUsage: allUsed)
      let below = path + [level]
      return Node(
        leaf: parts[index][parts[index].startIndex].leaf, level: level,
        children: depth == 3
          ? [] : children(of: parts[index], depth: depth + 1, weights, path: below),
        path: below)
    }
  }

  /// True if two leaves stand under one node at a depth; leaves that are compared share all above.
  private static func shareNode(_ left: UsageLeaf, _ right: UsageLeaf, depth: Int) -> Bool {
    switch depth {
    case 0: left.funder == right.funder
    case 1: left.programme == right.programme
    case 2: left.project == right.project
    default: left.member == right.member
    }
  }

  private mutating func rank(_ siblings: [Node], ranked: inout Int, count: Int) {
    let sorted = siblings.sorted {
      $0.level.fairshare == $1.level.fairshare
        ? $0.leaf < $1.leaf : $0.level.fairshare > $1.level.fairshare
    }
    var first = 0
    while first < sorted.count {
      let tied = sorted[first...].prefix { $0.level.fairshare == sorted[first].level.fairshare }
      let members = tied.filter(\.children.isEmpty)
      for member in members {
        places[member.leaf] = Place(rank: ranked + 1, count: count, levels: member.path)
      }
      ranked += members.count
      let below = tied.flatMap(\.children)
      if !below.isEmpty { rank(below, ranked: &ranked, count: count) }
      first += tied.count
    }
  }
}

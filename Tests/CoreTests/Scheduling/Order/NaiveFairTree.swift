import Domain
import Scheduling

/// Fair Tree word for word on floating point: a tree of nodes, a list that is sorted and walked.
final class NaiveNode {
  let name: String
  let shares: Double
  let usage: Double
  let children: [NaiveNode]
  let leaf: UsageLeaf?
  var fairshare = 0.0

  init(_ leaves: [UsageLeaf], _ usage: [UsageLeaf: GPUTime], _ weights: ShareWeights, depth: Int) {
    let path = leaves.first.map {
      [$0.funder.text, $0.programme.text, $0.project.text, $0.member.text]
    }
    name = depth == 0 ? "" : path?[depth - 1] ?? ""
    let first = leaves.first
    let own: Int64? =
      switch depth {
      case 0: 1
      case 1: first.flatMap { weights.funders[$0.funder] }
      case 2: first.flatMap { weights.programmes[$0.programme] }
      case 3: first.flatMap { weights.projects[$0.project] }
      default: first.flatMap { weights.members[$0.member] }
      }
    shares = Double(own ?? 1)
    self.usage = leaves.reduce(0) { $0 + Double(usage[$1]?.milliseconds ?? 0) }
    leaf = depth == 4 ? first : nil
    guard depth < 4 else {
      children = []
      return
    }
    let groups = Dictionary(grouping: leaves) { leaf in
      [leaf.funder.text, leaf.programme.text, leaf.project.text, leaf.member.text][depth]
    }
    children = groups.sorted { $0.key < $1.key }.map {
      NaiveNode($0.value.sorted(), usage, weights, depth: depth + 1)
    }
    let allShares = children.reduce(0) { $0 + $1.shares }
    let allUsage = children.reduce(0) { $0 + $1.usage }
    for child in children {
      child.fairshare =
        child.shares == 0
        ? 0 : child.usage == 0 ? .infinity : child.shares / allShares / (child.usage / allUsage)
    }
  }

  /// Members with their ranks, as Slurm hands them out.
  static func ranks(of siblings: [NaiveNode], from rank: inout Int) -> [UsageLeaf: Int] {
    var ranks: [UsageLeaf: Int] = [:]
    var rest = siblings
    while let best = rest.map(\.fairshare).max() {
      func ties(_ node: NaiveNode) -> Bool {
        node.fairshare == best || abs(node.fairshare - best) < 1e-9
      }
      let tied = rest.filter(ties)
      rest.removeAll(where: ties)
      let first = rank
      for node in tied {
        guard let leaf = node.leaf else { continue }
        ranks[leaf] = first
        rank += 1
      }
      let below = tied.flatMap(\.children)
      if !below.isEmpty { ranks.merge(Self.ranks(of: below, from: &rank)) { first, _ in first } }
    }
    return ranks
  }
}

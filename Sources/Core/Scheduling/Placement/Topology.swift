import Domain

/// How the nodes of a plan hang together, by the switches that their descriptions name: a tree whose
/// smallest blocks are the nodes of one switch.
struct Topology {
  private struct Branch {
    let name: String
    /// All nodes in it.
    let size: Int
    /// Those right under it, as positions.
    let nodes: [Int]
    let branches: [Branch]
  }

  private let root: Branch
  /// What each node has.
  private let capacities: [NodeResources]
  /// By node: whether its switches are.
  private let isKnown: [Bool]
  /// True if no node names a switch, so that it has no say.
  let isFlat: Bool
  /// By node: the switch that it is plugged into, by number. One whose switches are not described is
  /// behind one of its own.
  let leaves: [Int]

  init(_ nodes: [Node]) {
    isFlat = nodes.allSatisfy(\.switches.isEmpty)
    capacities = nodes.map(\.capacity)
    isKnown = nodes.map { !$0.switches.isEmpty }
    var numbers: [[SwitchName]: Int] = [:]
    leaves = nodes.indices.map { node in
      let path = nodes[node].switches
      guard !path.isEmpty else { return node }
      let number = numbers[path] ?? node
      numbers[path] = number
      return number
    }
    root =
      isFlat
      ? Branch(name: "", size: nodes.count, nodes: [], branches: [])
      : Self.branch("", nodes.indices.map { (nodes[$0].switches.map(\.text), $0) })
  }

  private static func branch(_ name: String, _ members: [(path: [String], node: Int)]) -> Branch {
    var below: [String: [(path: [String], node: Int)]] = [:]
    var own: [Int] = []
    for (path, node) in members {
      guard let first = path.first else {
        own.append(node)
        continue
      }
      below[first, default: []].append((Array(path.dropFirst()), node))
    }
    return Branch(
      name: name, size: members.count, nodes: own,
      branches: below.sorted { $0.key < $1.key }.map { branch($0.key, $0.value) })
  }

  /// The nodes for a run that takes all of each: of those that fit, on the smallest block that has
  /// as many of them (``TopologyBlock/choose(_:)``). Nil where the topology has no say: nothing is
  /// described, the run shares its nodes, or too few fit whose switches are known.
  func choose(_ count: Int, whole share: NodeResources, of fitting: [Int]) -> [Int]? {
    guard !isFlat, takesAll(share, of: fitting) else { return nil }
    let known = fitting.filter { isKnown[$0] }
    return count <= known.count ? block(root, Set(known)).choose(count) : nil
  }

  /// True if a share is all GPUs of each of some nodes, or all CPUs where they have no GPUs.
  func takesAll(_ share: NodeResources, of nodes: [Int]) -> Bool {
    nodes.allSatisfy { node in
      let capacity = capacities[node]
      return capacity.gpus == share.gpus && (share.gpus > 0 || capacity.cpus == share.cpus)
    }
  }

  private func block(_ branch: Branch, _ fitting: Set<Int>) -> TopologyBlock {
    let own = TopologyBlock(
      name: branch.name, size: branch.nodes.count, free: branch.nodes.filter(fitting.contains))
    guard !branch.branches.isEmpty else { return own }
    let parts = branch.branches.map { block($0, fitting) }
    return TopologyBlock(
      name: branch.name, blocks: branch.nodes.isEmpty ? parts : parts + [own])
  }
}

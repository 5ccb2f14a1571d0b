import Domain

/// What is free on each node over time, and the search for a slot in it.
///
/// The simple semantics: the earliest instant, at or after a floor, at which enough of the given
/// nodes each have a share free for a whole span. Only the floor and the ends of intervals can be
/// that instant, so the code sweeps over the intervals of possible starts of all nodes: n log n in
/// their number. Sources of time are in milliseconds.
struct Availability {
  /// Sorted by name of node.
  private var timelines: [Timeline]
  let topology: Topology

  init(now: Int64, nodes: [Node]) {
    timelines = nodes.map { Timeline(now: now, free: $0.capacity, cut: GPUCut($0)) }
    topology = Topology(nodes)
  }

  /// What is free on a node from each instant on.
  func steps(of node: Int) -> [Timeline.Step] { timelines[node].steps }

  /// What is free on a node at this moment.
  func freeNow(on node: Int) -> NodeResources { timelines[node].freeNow }

  /// True if a share of one node is free at this moment.
  func hasNow(_ share: NodeResources, on node: Int) -> Bool { timelines[node].hasNow(share) }

  /// True if a share of one node is free throughout `begin..<end`.
  func has(
    _ share: NodeResources, on node: Int, from begin: Int64, until end: Int64
  ) -> Bool {
    timelines[node].has(share, from: begin, until: end)
  }

  /// Takes a share of one node over `begin..<end`.
  mutating func take(
    _ share: NodeResources, on node: Int, from begin: Int64, until end: Int64
  ) {
    timelines[node].take(share, from: begin, until: end)
  }

  /// Forgets what was before an instant.
  mutating func advance(to now: Int64) {
    for node in timelines.indices { timelines[node].advance(to: now) }
  }

  /// Leaves nothing free on a node over `begin..<end`.
  mutating func block(_ node: Int, from begin: Int64, until end: Int64) {
    timelines[node].block(from: begin, until: end)
  }

  /// Leaves nothing free on a node from an instant on.
  mutating func block(_ node: Int, from begin: Int64) { timelines[node].block(from: begin) }

  /// True if enough of the nodes have the share free for the whole span from `begin` on, all the
  /// required ones among them, and near enough.
  func canStart(
    on nodes: [Int], count: Int, share: NodeResources, span: Int64, at begin: Int64,
    required: [Int] = [], near: Nearness? = nil
  ) -> Bool {
    guard
      required.allSatisfy({ timelines[$0].has(share, from: begin, until: begin + span) })
    else { return false }
    var free = 0
    var behind: [Int: Int] = [:]
    for node in nodes where timelines[node].has(share, from: begin, until: begin + span) {
      free += 1
      if let near { behind[near.leaves[node], default: 0] += 1 }
      if free >= count, near == nil { return true }
    }
    return free >= count && near?.suffices(behind, for: count, required: required) ?? false
  }

  /// The earliest start, or nil if there is none: only where fewer nodes are given than wanted.
  ///
  /// - Parameters:
  ///   - required: of the nodes, those that must be among the chosen.
  ///   - near: how near the chosen must be; nil for anywhere.
  func earliestStart(
    on nodes: [Int], count: Int, share: NodeResources, span: Int64, notBefore floor: Int64,
    required: [Int] = [], near: Nearness? = nil
  ) -> Int64? {
    if canStart(
      on: nodes, count: count, share: share, span: span, at: floor, required: required,
      near: near)
    {
      return floor
    }
    if required.count == count, nodes != required {
      return earliestStart(
        on: required, count: count, share: share, span: span, notBefore: floor,
        required: required, near: near)
    }
    if count == 1 {
      return nodes.lazy.compactMap {
        timelines[$0].firstStart(of: share, span: span, notBefore: floor)
      }.min()
    }
    var edges: [Edge] = []
    for node in nodes {
      timelines[node].forEachStart(of: share, span: span, notBefore: floor) { first, last in
        let isRequired = required.contains(node)
        edges.append(Edge(instant: first, step: 1, node: node, isRequired: isRequired))
        if last < .max {
          edges.append(Edge(instant: last + 1, step: -1, node: node, isRequired: isRequired))
        }
        return true
      }
    }
    edges.sort { ($0.instant, $0.step) < ($1.instant, $1.step) }
    var open = 0
    var openRequired = 0
    var behind: [Int: Int] = [:]
    // The most that were open behind one switch so far.
    var fullest = 0
    for edge in edges {
      open += edge.step
      if edge.isRequired { openRequired += edge.step }
      if let near {
        behind[near.leaves[edge.node], default: 0] += edge.step
        fullest = max(fullest, behind[near.leaves[edge.node]] ?? 0)
      }
      guard edge.step > 0, open >= count, openRequired == required.count else { continue }
      guard let near else { return edge.instant }
      if near.mightSuffice(fullest: fullest, for: count),
        near.suffices(behind, for: count, required: required)
      {
        return edge.instant
      }
    }
    return nil
  }

  /// For how long enough of the nodes have the share free from now on, the required among them, in
  /// milliseconds; 0 if they have not now, `Int64.max` for ever.
  func freeFor(
    on nodes: [Int], count: Int, share: NodeResources, now: Int64, required: [Int],
    near: Nearness? = nil
  ) -> Int64 {
    let spans = nodes.map { (node: $0, span: timelines[$0].freeFor(share, from: now)) }
    guard spans.count >= count else { return 0 }
    let longest = spans.sorted { ($1.span, $0.node) < ($0.span, $1.node) }
    var together = longest[count - 1].span
    if let near {
      var behind: [Int: Int] = [:]
      for node in required { behind[near.leaves[node], default: 0] += 1 }
      let enough = longest.first { place in
        if !required.contains(place.node) { behind[near.leaves[place.node], default: 0] += 1 }
        return near.suffices(behind, for: count, required: required)
      }
      together = enough?.span ?? 0
    }
    return required.reduce(together) { min($0, timelines[$1].freeFor(share, from: now)) }
  }

  /// The nodes to take at a start that ``earliestStart(on:count:share:span:notBefore:)`` found:
  /// the required, then the fullest over the span that still fit (fewest free GPUs, then CPUs), ties
  /// by name; near each other where that is asked for. Those whose GPUs are shared come first for who shares one, and last for all others. A
  /// run of whole nodes that requires none goes where the ``Topology`` says.
  func choose(
    _ count: Int, of nodes: [Int], share: NodeResources, from begin: Int64, until end: Int64,
    required: [Int] = [], near: Nearness? = nil
  ) -> [Int] {
    var fitting: [(least: NodeResources, node: Int)] = []
    for node in nodes where required.isEmpty || !required.contains(node) {
      let least = timelines[node].least(from: begin, until: end)
      let fits =
        share.gpuThousandths > 0
        ? timelines[node].has(share, from: begin, until: end) : share.fits(in: least)
      if fits { fitting.append((least, node)) }
    }
    if let near {
      let own = Set(near.narrowed(fitting.map(\.node), to: count, required: required))
      fitting.removeAll { !own.contains($0.node) }
    }
    if required.isEmpty,
      let close = topology.choose(count, whole: share, of: fitting.map(\.node))
    {
      return close
    }
    func order(_ place: (least: NodeResources, node: Int)) -> (Int, Int, Int, Int) {
      let isShared = place.least.gpuThousandths < 0
      return (
        isShared == (share.gpuThousandths > 0) ? 0 : 1, place.least.gpus, place.least.cpus,
        place.node
      )
    }
    fitting.sort { order($0) < order($1) }
    return (required + fitting.prefix(count - required.count).map(\.node)).sorted()
  }

  /// An instant from which one node more, or fewer, can take a start.
  private struct Edge {
    let instant: Int64
    let step: Int
    let node: Int
    let isRequired: Bool
  }
}

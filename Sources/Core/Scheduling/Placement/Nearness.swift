/// How few switches the nodes of a run are to be behind.
struct Nearness {
  /// At most so many switches.
  let most: Int
  /// By node: the number of its switch.
  let leaves: [Int]

  /// True if so many nodes can be taken behind few enough switches.
  ///
  /// - Parameters:
  ///   - free: how many nodes can be taken behind each switch, those that must be among them included.
  ///   - required: of these, the ones that must be among them.
  func suffices(_ free: [Int: Int], for count: Int, required: [Int] = []) -> Bool {
    let forced = Set(required.map { leaves[$0] })
    guard forced.count <= most else { return false }
    let there = forced.reduce(0) { $0 + (free[$1] ?? 0) }
    guard there < count else { return true }
    let others = free.filter { !forced.contains($0.key) }.values.sorted(by: >)
    return others.prefix(most - forced.count).reduce(there, +) >= count
  }

  /// False only if so many can't be taken, where no switch has more of them than the fullest: looked at
  /// before all switches are.
  func mightSuffice(fullest: Int, for count: Int) -> Bool {
    fullest.multipliedReportingOverflow(by: most).partialValue >= count
  }

  /// Those of some nodes that are behind the switches to be taken: of as few switches as can be the
  /// emptiest, and the last the fullest that suffices, ties by the first node. All of them where no
  /// few enough suffice.
  func narrowed(_ nodes: [Int], to count: Int, required: [Int]) -> [Int] {
    var free: [Int: Int] = [:]
    for node in nodes + required { free[leaves[node], default: 0] += 1 }
    var chosen = Set(required.map { leaves[$0] })
    var left = count - chosen.reduce(0) { $0 + (free[$1] ?? 0) }
    var rest = free.filter { !chosen.contains($0.key) }
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    while left > 0, !rest.isEmpty {
      let place = rest.lastIndex { $0.value >= left } ?? 0
      // Of equal ones the first.
      let first = rest.firstIndex { $0.value == rest[place].value } ?? place
      let taken = rest.remove(at: first)
      chosen.insert(taken.key)
      left -= taken.value
    }
    guard left <= 0, chosen.count <= most else { return nodes }
    return nodes.filter { chosen.contains(leaves[$0]) }
  }
}

/// Nodes that stand close together, and how they are divided further: a row of racks, a rack, the
/// nodes behind one switch. What is chosen in it are whole nodes for one run.
package struct TopologyBlock: Hashable, Sendable {
  package let name: String
  /// All nodes that it has, free or not.
  package let size: Int
  /// The free ones by their place in some list of the caller's, ascending.
  package let free: [Int]
  /// The blocks it is divided into; none for the smallest blocks.
  package let blocks: [TopologyBlock]

  /// A smallest block. At least as large as what is free of it.
  package init(name: String, size: Int, free: [Int]) {
    self.name = name
    self.size = max(size, free.count)
    self.free = free.sorted()
    blocks = []
  }

  /// A block that is nothing but its parts.
  package init(name: String, blocks: [TopologyBlock]) {
    self.name = name
    size = blocks.reduce(0) { $0 + $1.size }
    free = blocks.flatMap(\.free).sorted()
    self.blocks = blocks
  }

  /// True if all of it is free.
  package var isWhole: Bool { size > 0 && free.count == size }

  /// The nodes for a run of `count` whole nodes: on the smallest block that has as many free, so that
  /// its traffic stays behind as few switches as it can; of equally small blocks on the one with the
  /// fewest free. One block is kept whole, the largest that is (of equal ones the last by name): for
  /// as long as another does as well, the run goes there. Where no block suffices, the run is spread
  /// over as few as possible, the fullest last.
  ///
  /// - Returns: ascending; nil if fewer are free.
  package func choose(_ count: Int) -> [Int]? {
    guard count > 0, count <= free.count else { return count == 0 ? [] : nil }
    guard !blocks.isEmpty else { return Array(free.prefix(count)) }
    let kept = keptWhole
    if let best = blocks.filter({ $0.free.count >= count })
      .min(by: { $0.rank(for: count, kept) < $1.rank(for: count, kept) })
    {
      return best.choose(count)
    }
    return spread(count, kept)
  }

  /// Of its parts, the one that is kept whole.
  private var keptWhole: String? {
    blocks.filter(\.isWhole).max { ($0.size, $0.name) < ($1.size, $1.name) }?.name
  }

  /// How many levels up from the smallest blocks one suffices.
  private func height(for count: Int) -> Int {
    guard free.count >= count else { return .max }
    let below = blocks.map { $0.height(for: count) }.filter { $0 < .max }
    return below.min() ?? (blocks.isEmpty ? 0 : 1 + depth)
  }

  private var depth: Int { blocks.map { 1 + $0.depth }.max() ?? 0 }

  private func rank(for count: Int, _ kept: String?) -> (Int, Int, Int, Int, String) {
    (height(for: count), name == kept ? 1 : 0, free.count, size, name)
  }

  /// Over as few parts as possible: the emptiest first, and the rest on the part that it fits best.
  private func spread(_ count: Int, _ kept: String?) -> [Int] {
    let withKept = parts(for: count, of: blocks)
    let without = parts(for: count, of: blocks.filter { $0.name != kept })
    let chosen = without.isEmpty || without.count > withKept.count ? withKept : without
    return chosen.flatMap { $0.block.choose($0.count) ?? [] }.sorted()
  }

  private func parts(
    for count: Int, of blocks: [TopologyBlock]
  ) -> [(block: TopologyBlock, count: Int)] {
    var left = count
    var chosen: [(block: TopologyBlock, count: Int)] = []
    var rest = blocks.filter { !$0.free.isEmpty }
      .sorted { ($1.free.count, $0.name) < ($0.free.count, $1.name) }
    while left > 0, let emptiest = rest.first {
      let place = rest.lastIndex { $0.free.count >= left } ?? 0
      let block = emptiest.free.count >= left ? rest.remove(at: place) : rest.removeFirst()
      let taken = min(left, block.free.count)
      chosen.append((block, taken))
      left -= taken
    }
    return left > 0 ? [] : chosen
  }
}

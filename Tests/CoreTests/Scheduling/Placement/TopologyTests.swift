import Scheduling
import Testing

/// Whole nodes on blocks of the network.
@Suite("topology")
struct TopologyTests {
  /// Racks by how many nodes they have and which are free: `a 4 0,1,2` and so on.
  private func row(_ name: String, _ racks: String...) -> TopologyBlock {
    TopologyBlock(
      name: name,
      blocks: racks.map { rack in
        let fields = words(rack)
        return TopologyBlock(
          name: fields[0], size: Int(fields[1]) ?? 0,
          free: fields.dropFirst(2).flatMap { $0.split(separator: ",").compactMap { Int($0) } })
      })
  }

  @Test("a run goes to the rack with the fewest free nodes that are enough")
  func smallest() {
    let row = row("row", "a 4 0,1,2,3", "b 4 4,5", "c 4 8,9,10")
    #expect(row.choose(2) == [4, 5])
    #expect(row.choose(3) == [8, 9, 10])
    #expect(row.choose(1) == [4])
  }

  @Test("one rack is kept whole while another is enough, even a larger remainder")
  func kept() {
    let row = row("row", "a 2 0,1", "b 8 2,3,4,5,6,7")
    #expect(row.choose(2) == [2, 3], "a is the only whole one")
    let two = TopologyBlock(
      name: "row",
      blocks: [
        TopologyBlock(name: "a", size: 2, free: [0, 1]),
        TopologyBlock(name: "b", size: 2, free: [2, 3]),
      ])
    #expect(two.choose(1) == [0], "the last by name is kept")
    #expect(row.choose(1) == [2])
  }

  @Test("the rack that is kept whole is taken by a run that only it holds")
  func keptIsTaken() {
    let row = row("row", "a 4 0,1,2,3", "b 4 4,5,6", "c 4 8")
    #expect(row.choose(4) == [0, 1, 2, 3])
  }

  @Test("where no rack is enough, as few as possible are used, and the rest fits tightly")
  func spread() {
    let row = row("row", "a 4 0,1,2,3", "b 4 4,5", "c 4 8,9,10", "d 4 12")
    #expect(row.choose(5) == [4, 5, 8, 9, 10], "a stays whole at no cost")
    #expect(row.choose(6) == [0, 1, 2, 3, 4, 5])
    #expect(row.choose(10) == [0, 1, 2, 3, 4, 5, 8, 9, 10, 12])
    #expect(row.choose(11) == nil)
  }

  @Test("a run stays in one rack before it stays in the fuller row")
  func levels() {
    let hall = TopologyBlock(
      name: "hall",
      blocks: [
        row("north", "a 4 0,1", "b 4 4,5"), row("south", "c 4 8,9,10", "d 4 12,13,14"),
      ])
    #expect(hall.choose(3) == [8, 9, 10], "north has four free, in two racks")
    #expect(hall.choose(4) == [0, 1, 4, 5])
    #expect(hall.choose(5) == [8, 9, 10, 12, 13])
    #expect(hall.choose(7) == [0, 8, 9, 10, 12, 13, 14])
  }

  @Test(
    "what is chosen is free, as many as asked for, and in one rack if one has room",
    arguments: 1...200)
  func property(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    var next = 0
    let racks = (0..<random.pick(1...6)).map { index in
      let size = random.pick(1...8)
      let free = (next..<next + size).filter { _ in !random.oneIn(3) }
      next += size
      return TopologyBlock(name: "r\(index)", size: size, free: free)
    }
    let row = TopologyBlock(name: "row", blocks: racks)
    for count in 0...row.free.count {
      let chosen = row.choose(count) ?? []
      #expect(chosen.count == count && Set(chosen).isSubset(of: row.free), "seed \(seed)")
      let used = racks.filter { !Set($0.free).isDisjoint(with: chosen) }
      let sizes = racks.map(\.free.count).sorted(by: >)
      var least = 0
      while sizes.prefix(least).reduce(0, +) < count { least += 1 }
      #expect(used.count == least, "seed \(seed), \(count) nodes")
    }
    #expect(row.choose(row.free.count + 1) == nil)
  }
}

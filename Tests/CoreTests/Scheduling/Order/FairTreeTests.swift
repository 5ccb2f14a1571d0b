import Domain
import Scheduling
import Testing

/// Ranks in the tree of shares.
@Suite("fair tree")
struct FairTreeTests {
  @Test("members follow their project: who used nothing comes after the project that is behind")
  func example() throws {
    let tree = FairTree(
      Leaves.usage([
        "f/p/alpha/anna": 0, "f/p/alpha/arie": 600, "f/p/beta/bea": 300, "f/p/beta/bob": 100,
      ]), ShareWeights())
    #expect(Leaves.ranks(tree) == ["bob 1", "bea 2", "anna 3", "arie 4"])
    let bea = try #require(tree.places[Leaves.leaf("f/p/beta/bea")])
    #expect(bea.levels.map(\.fairshare) == [1_000_000, 1_000_000, 1_250_000, 666_666])
    #expect(bea.factor == 750_000)
  }

  @Test("shares count against use: twice the share is level at twice the use")
  func shares() {
    let usage = Leaves.usage(["f/p/alpha/anna": 200, "f/p/beta/bea": 101])
    let weights = ShareWeights(projects: [SmallSite.name("alpha", ProjectID.self): 2])
    #expect(Leaves.ranks(FairTree(usage, weights)) == ["anna 1", "bea 2"])
    #expect(Leaves.ranks(FairTree(usage, ShareWeights())) == ["bea 1", "anna 2"])
  }

  @Test("without shares one comes last, even without use")
  func noShares() {
    let usage = Leaves.usage(["f/p/alpha/anna": 0, "f/p/beta/bea": 900])
    let weights = ShareWeights(projects: [SmallSite.name("alpha", ProjectID.self): 0])
    #expect(Leaves.ranks(FairTree(usage, weights)) == ["bea 1", "anna 2"])
  }

  @Test("members who tie have one rank, and those after them the rank they would have had")
  func memberTies() {
    let usage = Leaves.usage(["f/p/a/anna": 10, "f/p/a/arie": 10, "f/p/a/aad": 30])
    #expect(Leaves.ranks(FairTree(usage, ShareWeights())) == ["anna 1", "arie 1", "aad 3"])
  }

  @Test("children of projects that tie are ranked as siblings")
  func projectTies() {
    let usage = Leaves.usage([
      "f/p/a/anna": 10, "f/p/a/arie": 30, "f/p/b/bea": 15, "f/p/b/bob": 25,
    ])
    // Within their projects: anna 2, bea 1.33, bob 0.8, arie 0.67.
    #expect(
      Leaves.ranks(FairTree(usage, ShareWeights())) == ["anna 1", "bea 2", "bob 3", "arie 4"])
  }

  @Test("nobody's use leaves all tied")
  func allTied() {
    let tree = FairTree(Leaves.usage(["f/p/a/x": 0, "g/q/b/y": 0, "g/q/c/z": 0]), ShareWeights())
    #expect(Set(tree.places.values.map(\.rank)) == [1])
    #expect(tree.places.values.allSatisfy { $0.factor == 1_000_000 })
  }

  @Test("the ranks are those of the naive model", arguments: 1...300)
  func naive(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let (usage, weights) = Self.random(&random)
    var rank = 1
    let root = NaiveNode(usage.keys.sorted(), usage, weights, depth: 0)
    let expected = NaiveNode.ranks(of: root.children, from: &rank)
    #expect(FairTree(usage, weights).places.mapValues(\.rank) == expected, "seed \(seed)")
  }

  @Test(
    "of two projects of a programme, all members of the one with more level fairshare come first",
    arguments: 1...200)
  func projectsFirst(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let (usage, weights) = Self.random(&random)
    let places = FairTree(usage, weights).places
    for (left, one) in places {
      for (right, other) in places
      where left.funder == right.funder && left.programme == right.programme
        && left.project != right.project
      {
        let (first, second) = (one.levels[2].fairshare, other.levels[2].fairshare)
        if first > second { #expect(one.rank < other.rank, "seed \(seed): \(left), \(right)") }
      }
    }
  }

  /// Small numbers, so that ties are common and no two fairshares lie closer than a millionth.
  private static func random(
    _ random: inout SplitMix64
  ) -> ([UsageLeaf: GPUTime], ShareWeights) {
    var usage: [String: Int64] = [:]
    var weights = ShareWeights()
    for _ in 0..<random.pick(1...12) {
      let funder = random.pick(1...2)
      let programme = 10 * funder + random.pick(1...2)
      let project = 10 * programme + random.pick(1...2)
      let member = random.pick(1...3)
      usage["f\(funder)/p\(programme)/j\(project)/m\(member)"] = Int64(random.pick(0...3))
      weights.projects[SmallSite.name("j\(project)", ProjectID.self)] = Int64(random.pick(0...3))
      weights.funders[SmallSite.name("f\(funder)", FunderID.self)] = Int64(random.pick(1...3))
    }
    return (Leaves.usage(usage), weights)
  }
}

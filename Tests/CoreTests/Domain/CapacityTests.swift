// Why: caps in percent and reports have one denominator, and it is in the unit of the charges.
import Domain
import Testing

@Suite("the weight of the machine")
struct CapacityTests {
  private static let site = SmallSite.self
  private static let period = site.at(0)..<site.at(1000)
  private static let slices = site.name("slices", PartitionName.self)
  private static let cut = site.name("gn09", NodeName.self)

  private static func card(_ version: Int, from second: Int64, slice: Int64) -> RateCard {
    RateCard(
      version: version, inForceFrom: site.at(second),
      rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0, perGPUOfType: ["h100_1g.10gb": slice]))
  }

  /// The small site's 16 GPUs, and a node of 28 MIG slices in a partition of its own.
  private static func centre(
    _ cards: [RateCard] = [card(1, from: -9, slice: 143)], shardsPerGPU: Int = 0
  ) -> Centre {
    var centre = site.centre
    centre.nodes[cut] = Node(
      name: cut, gpuType: "h100_1g.10gb",
      capacity: NodeResources(gpus: 28, cpus: 96, memoryMiB: 1024), shardsPerGPU: shardsPerGPU)
    centre.partitions[slices] = Partition(
      name: slices, nodes: [cut], wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: site.oneGPU, rateCards: cards)
    return centre
  }

  @Test("a MIG slice counts what its type weighs in the rate card, not a whole GPU")
  func slice() {
    // 16 × 1 + 28 × 0.143 = 20.004 GPU-equivalents.
    #expect(Self.centre().gpuWeight(at: Self.site.at(0)) == Weight(thousandths: 20_004))
    #expect(Self.centre().plannedCapacity(over: Self.period).milliseconds == 20_004_000)
  }

  @Test("a moment counts by the rate card in force then, also one that is announced")
  func versions() {
    let centre = Self.centre([
      Self.card(1, from: -9, slice: 143), Self.card(2, from: 400, slice: 250),
    ])
    // 400 s of 20.004 and 600 s of 16 + 28 × 0.25 = 23.
    #expect(
      centre.plannedCapacity(over: Self.period).milliseconds == 400 * 20_004 + 600 * 23_000)
    #expect(centre.gpuWeights(at: Self.site.at(400))[Self.cut] == Weight(thousandths: 7000))
    #expect(centre.gpuWeights(at: Self.site.at(399))[Self.cut] == Weight(thousandths: 4004))
  }

  @Test("the shards that a GPU is cut into are of it, and count nothing beside it")
  func shards() {
    #expect(
      Self.centre(shardsPerGPU: 8).gpuWeight(at: Self.site.at(0)) == Weight(thousandths: 20_004))
  }

  @Test("a node in several partitions counts once, where it weighs the most; in none as whole GPUs")
  func severalPartitions() {
    var centre = Self.centre()
    #expect(centre.gpuWeights(at: Self.site.at(0))[Self.site.nodes[0]] == Weight(wholeGPUs: 4))
    let cheap = Self.site.name("cheap", PartitionName.self)
    centre.partitions[cheap] = Partition(
      name: cheap, nodes: Self.site.nodes, wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24), defaultsPerGPU: Self.site.oneGPU,
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Self.site.at(-9),
          rates: Rates(perGPU: 500, perCPU: 0, perGiB: 0))
      ])
    #expect(centre.gpuWeight(at: Self.site.at(0)) == Weight(thousandths: 20_004))
    centre.partitions = centre.partitions.filter { $0.key == cheap }
    // 16 × 0.5, and 28 that no partition has.
    #expect(centre.gpuWeight(at: Self.site.at(0)) == Weight(thousandths: 36_000))
  }

  @Test("without weights of types it is the number of GPUs, however many and however long")
  func whole() {
    #expect(Self.site.centre.gpuWeight(at: Self.site.at(0)) == Weight(wholeGPUs: 16))
    var centre = Self.centre()
    centre.nodes[Self.cut] = Node(
      name: Self.cut, gpuType: "h100_1g.10gb",
      capacity: NodeResources(gpus: 40_000, cpus: 1, memoryMiB: 1))
    let decades = Instant(seconds: 0)..<Instant(seconds: 3_000_000_000)
    #expect(
      centre.plannedCapacity(over: decades).milliseconds
        == (40_000 * 143 + 16_000) * 3_000_000_000)
  }

  @Test("a request is as large as it is charged: slices and shares by their weight")
  func requests() {
    let weights = RequestWeights(Self.centre(), at: Self.site.at(0))
    func weight(_ partition: PartitionName, _ perNode: NodeResources, nodes: Int = 1) -> Int64 {
      weights.gpuWeight(
        of: Self.site.request(partition: partition, nodes: nodes, perNode: perNode)
      ).thousandths
    }
    let two = NodeResources(gpus: 2, cpus: 4, memoryMiB: 1)
    #expect(weight(Self.site.gpu, two, nodes: 3) == 6000)
    #expect(weight(Self.slices, two) == 286)
    let share = NodeResources(gpus: 1, cpus: 4, memoryMiB: 1, gpuThousandths: 250)
    #expect(weight(Self.site.gpu, share) == 250)
    #expect(weight(Self.site.name("nowhere", PartitionName.self), two) == 0)
  }
}

// Why: the capacity in reports is made of this record, and is held against what was charged.
import BridgeProtocol
import Domain
import Reporting
import Testing

@testable import Services

@Suite("the record of nodes")
struct NodeRecordTests {
  @Test("has what a node's GPUs weigh by the rates in force, and so has what moves on in time")
  func weights() throws {
    let name = try #require(NodeName("gn05"))
    let partition = try #require(PartitionName("slices"))
    func card(_ version: Int, from second: Int64, _ slice: Int64) -> RateCard {
      RateCard(
        version: version, inForceFrom: Instant(seconds: second),
        rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0, perGPUOfType: ["1g.10gb": slice]))
    }
    var centre = Centre()
    centre.nodes[name] = Node(
      name: name, gpuType: "1g.10gb",
      capacity: NodeResources(gpus: 4, cpus: 80, memoryMiB: 512_000))
    centre.partitions[partition] = Partition(
      name: partition, nodes: [name], wholeNodes: false, defaultTimeLimit: Seconds(60),
      maximumTimeLimit: .hours(24),
      defaultsPerGPU: NodeResources(gpus: 1, cpus: 2, memoryMiB: 10),
      rateCards: [card(1, from: 0, 143), card(2, from: 50, 250)])
    let seen = [
      NodeObservation(
        name: "gn05", state: .idle, flags: [], cpus: 80, memoryMiB: 512_000, gpus: [],
        reason: "", reasonSince: nil, partitions: ["slices"])
    ]
    let before = seen.changes(in: centre, at: Instant(seconds: 49))
    let after = seen.changes(in: centre, at: Instant(seconds: 50))
    #expect(before.map(\.weight) == [Weight(thousandths: 572)])
    #expect(after.map(\.weight) == [Weight(thousandths: 1000)])
    let weighings = centre.nodeWeighings(since: nil, until: Instant(seconds: 60))
    #expect(weighings.map(\.at) == [Instant(seconds: 0), Instant(seconds: 50)])
    #expect(weighings.map { $0.weights[name]?.thousandths } == [572, 1000])
    #expect(
      centre.nodeWeighings(since: Instant(seconds: 0), until: Instant(seconds: 50)).count == 1)
    #expect(centre.nodeWeighings(since: nil, until: Instant(seconds: 49)).count == 1)
    #expect(before.map { $0.moved(to: Instant(seconds: 50)).weight } == before.map(\.weight))
  }
}

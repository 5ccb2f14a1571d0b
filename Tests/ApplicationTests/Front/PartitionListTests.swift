// Why: who lists several partitions has to hear what each would cost, and which can't hold the job.
import Domain
import Doubles
import Engine
import Lifecycle
import Services
import Testing
import Wire

@Suite("several partitions in a request") struct PartitionListRequestTests {
  @Test("a job that lists partitions is quoted in each, and keeps them in order")
  func quoted() async throws {
    let town = try await Self.town()
    let names = ["gpu", "more"]
    let list = names.joined(separator: ",")
    let caller = try await town.caller("bram")
    let quote = try await town.front.quote(Town.submission("--gpus=1 -t 5 -p \(list)"), caller)
    #expect(quote.partition == names[0])
    #expect(quote.otherPartitions?.map(\.partition) == Array(names.dropFirst()))
    let view = try await town.submit("bram", "--gpus=1 -t 5 -p \(list),\(names[0])")
    #expect(view.partition == list)
    let request = await town.store.state.jobs.values.first?.request
    #expect(request?.partitions.map(\.text) == names)
  }

  @Test("one that is not there, or could never hold the job, is named")
  func refused() async throws {
    let town = try await Self.town()
    let names = ["gpu", "more"]
    let unknown = try await town.refusal("bram", "--gpus=1 -p \(names[0]),nowhere")
    #expect(unknown.code == "unknown-partition")
    let list = names.joined(separator: ",")
    let large = try await town.refusal("bram", "--gpus-per-node=64 -p \(list)")
    #expect(large.detail.hasPrefix("in partition \(names[0]): "))
    let mixed = try await town.refusal("bram", "--gpus=1 -p gpu,whole")
    #expect(mixed.code == "partition-list")
    #expect(mixed.detail == "whole gives whole nodes and gpu shares of them")
  }

  /// The town with another partition of shared nodes.
  private static func town() async throws -> Town {
    let town = try await Town()
    let centre = try await town.store.centre()
    var next = centre
    let gpu = try #require(centre.partitions.values.first { $0.name.text == "gpu" })
    let name = try #require(PartitionName("more"))
    next.partitions[name] = Partition(
      name: name, nodes: gpu.nodes, wholeNodes: false, defaultTimeLimit: gpu.defaultTimeLimit,
      maximumTimeLimit: gpu.maximumTimeLimit, defaultsPerGPU: gpu.defaultsPerGPU,
      rateCards: gpu.rateCards)
    _ = try await town.store.replaceCentre(
      with: next, postings: [], ifStill: centre,
      audit: AuditLine(actor: "m-1", action: .apply, object: "centre", origin: "a test"))
    return town
  }
}

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
    let town = try await Town()
    let names = try await town.store.centre().partitions.keys.sorted().map(\.text)
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
    let town = try await Town()
    let names = try await town.store.centre().partitions.keys.sorted().map(\.text)
    let unknown = try await town.refusal("bram", "--gpus=1 -p \(names[0]),nowhere")
    #expect(unknown.code == "unknown-partition")
    let list = names.joined(separator: ",")
    let large = try await town.refusal("bram", "--gpus-per-node=64 -p \(list)")
    #expect(large.detail.hasPrefix("in partition \(names[0]): "))
  }
}

import Domain
import Scheduling
import Testing

@Suite("quotes and refusals")
struct AdmissionTests {
  private let grace = Seconds(30)

  @Test("a quote is weight times time: the hold with the grace, the charge without")
  func quote() throws {
    let quote = try quoted(request(nodes: 2, gpus: 2, limit: 3600))
    #expect(quote.weight == Weight(thousandths: 4000))
    #expect(quote.holdPerTask == GPUTime(milliseconds: 4000 * 3630))
    #expect(quote.maximumChargePerTask == .hours(4))
    #expect(quote.taskCount == 1 && quote.totalHold == quote.holdPerTask)
    #expect(quote.rateVersion == 7)
  }

  @Test("the scarcest part of a node's share decides its weight")
  func scarcest() throws {
    let quote = try quoted(request(nodes: 1, gpus: 1, cpus: 60, limit: 3600))
    #expect(quote.weight == Weight(thousandths: 3000))
  }

  @Test("an array is quoted as a whole")
  func array() throws {
    let quote = try quoted(request(nodes: 1, gpus: 1, limit: 3600, tasks: 10))
    #expect(quote.taskCount == 10)
    #expect(quote.maximumTotalCharge == .hours(10))
    #expect(quote.totalHold == GPUTime(milliseconds: 10 * 1000 * 3630))
  }

  @Test("in a whole-node partition all of each node is paid for")
  func wholeNodes() throws {
    let quote = try quoted(request(on: "whole", nodes: 2, gpus: 1, limit: 3600))
    #expect(quote.perNode == NodeResources(gpus: 4, cpus: 80, memoryMiB: 500 * 1024))
    #expect(quote.weight == Weight(thousandths: 8000))
  }

  @Test("an unknown partition is refused with those that exist")
  func partition() {
    #expect(
      refusals(request(on: "gppu", nodes: 1, gpus: 1, limit: 60)) == [
        .unknownPartition(name("gppu"), accepted: [name("gpu"), name("whole")])
      ])
  }

  @Test("nothing at all, and less than nothing, are refused")
  func nothing() {
    let nothing = request(nodes: 1, gpus: 0, cpus: 0, mib: 0, limit: 60)
    #expect(refusals(nothing) == [.nothingAsked(.none)])
    let less = request(nodes: 1, gpus: -1, cpus: 1, mib: 1, limit: 60)
    #expect(refusals(less) == [.nothingAsked(less.perNode)])
  }

  @Test("a limit is positive and within the partition's maximum", arguments: [0, -5, 86_401])
  func limit(seconds: Int64) {
    #expect(
      refusals(request(nodes: 1, gpus: 1, limit: seconds)) == [
        .timeLimit(asked: Seconds(seconds), maximum: .hours(24))
      ])
  }

  @Test("a wrong type of GPU is refused with the types that exist")
  func gpuType() {
    #expect(
      refusals(request(nodes: 1, gpus: 1, limit: 60, type: "a100")) == [
        .gpuType(asked: "a100", accepted: ["h100"])
      ])
  }

  @Test("more than any node has is refused, each resource with the most there is")
  func tooLarge() {
    let asked = request(nodes: 1, gpus: 5, cpus: 81, mib: 1, limit: 60)
    #expect(
      refusals(asked) == [
        .tooLargeForAnyNode(.gpus, asked: 5, most: 4),
        .tooLargeForAnyNode(.cpus, asked: 81, most: 80),
      ])
  }

  @Test("more nodes than could ever hold it are refused with their number")
  func tooFew() {
    #expect(refusals(request(nodes: 5, gpus: 1, limit: 60)) == [.tooFewNodes(asked: 5, most: 4)])
  }

  @Test("every reason is given at once, and numbers without bounds overflow nothing")
  func extremes() {
    let asked = request(
      nodes: .max, gpus: .max, cpus: .max, mib: .max, limit: .max, type: "h100")
    #expect(refusals(asked).count == 4)
    #expect(
      refusals(request(nodes: .max, gpus: 1, limit: 60)) == [
        .tooFewNodes(asked: .max, most: 4)
      ])
  }

  @Test("what no entry of the books could carry is refused")
  func tooExpensive() {
    let admission = Admission(
      nodes: nodes,
      partitions: [partition("gpu", wholeNodes: false, perGPU: 900_000_000_000_000_000)],
      now: now)
    #expect(
      admission.quote(request(nodes: 4, gpus: 4, limit: 86_400), grace: grace)
        == .refused([.tooExpensive(most: .largest)]))
  }

  private let now = Instant(seconds: 1_795_000_000)

  private var nodes: [Node] {
    ["gn01", "gn02", "gn03", "gn04"].compactMap { NodeName($0) }.map {
      Node(
        name: $0, gpuType: "h100",
        capacity: NodeResources(gpus: 4, cpus: 80, memoryMiB: 500 * 1024))
    }
  }

  private func partition(_ text: String, wholeNodes: Bool, perGPU: Int64 = 1000) -> Partition {
    Partition(
      name: name(text), nodes: nodes.map(\.name), wholeNodes: wholeNodes,
      defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
      defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 125 * 1024),
      rateCards: [
        RateCard(
          version: 7, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(perGPU: perGPU, perCPU: 50, perGiB: 8))
      ])
  }

  private var admission: Admission {
    Admission(
      nodes: nodes,
      partitions: [partition("whole", wholeNodes: true), partition("gpu", wholeNodes: false)],
      now: now)
  }

  private func refusals(_ request: JobRequest) -> [RequestRefusal] {
    guard case .refused(let reasons) = admission.quote(request, grace: grace) else { return [] }
    return reasons
  }

  private func quoted(_ request: JobRequest) throws -> Quote {
    guard case .quoted(let quote) = admission.quote(request, grace: grace) else {
      Issue.record("refused: \(admission.refusals(of: request))")
      throw CancellationError()
    }
    return quote
  }

  private func name(_ text: String) -> PartitionName {
    guard let name = PartitionName(text) else { preconditionFailure("\(text) is a name") }
    return name
  }

  private func request(
    on partition: String = "gpu", nodes: Int, gpus: Int, cpus: Int = 4, mib: Int = 1024,
    limit: Int64, tasks: Int = 0, type: String? = nil
  ) -> JobRequest {
    JobRequest(
      name: "job", member: Ids.member, project: Ids.project, allocation: nil,
      partition: name(partition), nodeCount: nodes,
      perNode: NodeResources(gpus: gpus, cpus: cpus, memoryMiB: mib), gpuType: type,
      timeLimit: Seconds(limit), arrayIndices: Array(0..<tasks))
  }
}

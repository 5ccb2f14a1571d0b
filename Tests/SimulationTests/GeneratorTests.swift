import Simulation
import Testing

/// What a generator promises: the same for a seed, the load that was asked for, and the shape of
/// what people submit.
@Suite("generators")
struct GeneratorTests {
  static let lublin = Generator.lublin(jobs: 4000, processors: 512, load: 0.8, seed: 1)
  static let factory = Generator.aiFactory(jobs: 4000, machine: .aiFactory, load: 0.9, seed: 1)

  /// Demand until the last submission, in thousandths of the machine.
  static func load(_ workload: Workload, _ machine: MachineModel) -> Int64 {
    let area = workload.jobs.reduce(Int64(0)) {
      $0 + Int64($1.demandThousandths(machine.measure)) * $1.run
    }
    return area / (Int64(machine.capacityThousandths) / 1000 * (workload.jobs.last?.submit ?? 1))
  }

  @Test("a seed has one workload, in this process and in every other")
  func digests() {
    let again = Generator.lublin(jobs: 4000, processors: 512, load: 0.8, seed: 1)
    #expect(again == Self.lublin)
    #expect(Generator.lublin(jobs: 4000, processors: 512, load: 0.8, seed: 2) != Self.lublin)
    // Worked out by another process, from another build.
    #expect(
      StartsWriter.digest(Self.lublin)
        == "e230481829758b83458ca9c28658438b27cb2abd848343ae485d43fb18271fb2")
    #expect(
      StartsWriter.digest(Self.factory)
        == "eb57fbb0a02eb417ab316ec1aca4b8a6e81be7be5f14a32e00b7df7b8ba6ac0f")
  }

  @Test("the load until the last submission is the one asked for, to a thousandth")
  func load() {
    #expect((799...801).contains(Self.load(Self.lublin, .processors(512))))
    #expect((899...901).contains(Self.load(Self.factory, .aiFactory)))
  }

  @Test("limits are never below run times, and mostly far above")
  func limits() {
    for workload in [Self.lublin, Self.factory] {
      #expect(workload.jobs.allSatisfy { $0.run >= 1 && $0.run <= $0.limit })
      let loose = workload.jobs.count { $0.limit >= 2 * $0.run }
      #expect(loose * 2 > workload.jobs.count)
    }
  }

  @Test("Lublin: nearly three in ten jobs are serial, and most sizes are powers of two")
  func sizes() {
    let sizes = Self.lublin.jobs.map(\.nodes)
    #expect(sizes.allSatisfy { (1...512).contains($0) })
    #expect((270...330).contains(sizes.count { $0 == 1 } * 1000 / sizes.count))
    #expect(sizes.count { $0 & ($0 - 1) == 0 } * 10 > sizes.count * 9)
  }

  @Test("arrivals follow the day: more in the afternoon than in the night")
  func days() {
    for workload in [Self.lublin, Self.factory] {
      let hours = workload.jobs.map { $0.submit / 3600 % 24 }
      let afternoon = hours.count { (12..<16).contains($0) }
      #expect(afternoon > 2 * hours.count { (1..<5).contains($0) })
    }
  }

  @Test("AI factory: funders submit by their shares, and jobs fit the nodes")
  func factoryMix() {
    let jobs = Self.factory.jobs
    for share in MachineModel.aiFactory.shares {
      let part = jobs.count { $0.owner.funder == share.funder } * 1000 / jobs.count
      #expect(abs(part - share.thousandths) < 30)
    }
    #expect(Set(jobs.map(\.owner.programme)).count == 7)
    #expect(jobs.allSatisfy { $0.nodes <= 125 && $0.perNode.gpuThousandths <= 8000 })
    #expect(Set(jobs.filter { $0.nodes == 1 }.map(\.perNode.gpuThousandths)).count >= 6)
    #expect(jobs.contains { $0.nodes >= 16 })
  }

  @Test("a workload written as SWF is read back as it was")
  func writtenAndRead() throws {
    let text = SWFWriter.text(Self.lublin, measure: .processors)
    let read = try SWFReader.read(text, file: "t")
    #expect(read.jobs.map(\.submit) == Self.lublin.jobs.map(\.submit))
    #expect(read.jobs.map(\.run) == Self.lublin.jobs.map(\.run))
    #expect(read.jobs.map(\.limit) == Self.lublin.jobs.map(\.limit))
    #expect(read.jobs.map(\.nodes) == Self.lublin.jobs.map(\.nodes))
    #expect(read.header == Self.lublin.header)
  }
}

import Domain
import Scheduling
import Testing

/// Tasks on nodes whose GPUs are shared: cases that can be worked by hand.
@Suite("placement on shared GPUs")
struct PlacementTests {
  private func request(
    _ gpus: Int, _ share: Int? = nil, cpu: Int = 1000, types: [String] = []
  ) throws -> SharedRequest {
    try #require(
      SharedRequest(
        gpus: gpus, thousandthsPerGPU: share, cpuThousandths: cpu, memoryMiB: 0, gpuTypes: types))
  }

  /// Nodes `n0`, `n1`, … with so many GPUs and ten CPUs for each.
  private func pool(_ gpus: Int..., types: [String] = []) throws -> SharedPool {
    let nodes = try gpus.enumerated().map { index, count in
      try #require(
        PoolNode(
          name: SmallSite.name("n\(index)", NodeName.self),
          gpuType: count == 0 ? nil : types.isEmpty ? "h100" : types[index], gpus: count,
          cpuThousandths: max(count, 1) * 10_000, memoryMiB: 1000))
    }
    return try #require(SharedPool(nodes))
  }

  @Test("what is free is fragmented for a task as far as the task could not use it")
  func fragmentation() throws {
    let workload = TypicalWorkload(of: [
      try request(1, 500), try request(2), try request(0), try request(1, 300, cpu: 19_500),
    ])
    var placer = SharedPlacer(try pool(2), rule: .firstFit)
    let measure = Fragmentation(workload, in: placer.pool)
    #expect(measure.sum(on: 0, in: placer.pool) == 2000, "for the task without GPUs alone")
    _ = placer.place(try request(1, 600))
    // Free are 400 and 1000 with 19 CPUs: 400 for the half GPU, 1400 for each of the others.
    #expect(placer.pool.freeGPUs(of: 0) == [400, 1000])
    #expect(measure.sum(on: 0, in: placer.pool) == 400 + 3 * 1400)
    #expect(measure.expectedThousandths(in: placer.pool) == 1150)
  }

  @Test("GPUs of another type are all fragmented for a task that names its type")
  func types() throws {
    let workload = TypicalWorkload(of: [try request(1, types: ["a100", "h100"])])
    let pool = try pool(1, 1, types: ["h100", "t4"])
    let measure = Fragmentation(workload, in: pool)
    #expect([0, 1].map { measure.sum(on: $0, in: pool) } == [0, 1000])
    var placer = SharedPlacer(pool, rule: .fragmentationGradient(workload))
    #expect(placer.place(try request(1, types: ["t4"]))?.node == 1)
    #expect(placer.place(try request(1, types: ["v100"])) == nil)
  }

  @Test("the gradient leaves a GPU that fits better to those who need what is left of it")
  func gradient() throws {
    let workload = TypicalWorkload(of: [try request(1, 400), try request(1, 600)])
    // n0 has 600 left: after 400 more its 200 would be of no use to anybody, a loss of 1200. On n1
    // both tasks lose 400 of 1000.
    for (rule, node) in [
      (PlacementRule.bestFit, 0), (.firstFit, 0), (.fragmentationGradient(workload), 1),
      (.foresight(workload), 1),
    ] {
      var placer = SharedPlacer(try pool(1, 1), rule: rule)
      #expect(placer.place(try request(1, 400))?.node == 0)
      #expect(placer.place(try request(1, 400))?.node == node)
    }
  }

  @Test("the GPU within a node is chosen by the same rule")
  func gpuWithinNode() throws {
    let workload = TypicalWorkload(of: [try request(1, 400), try request(1, 600)])
    var placer = SharedPlacer(try pool(2), rule: .fragmentationGradient(workload))
    #expect(placer.place(try request(1, 400))?.gpus == [0])
    #expect(placer.place(try request(1, 400))?.gpus == [1])
    #expect(placer.place(try request(1, 600))?.gpus == [0])
  }

  @Test("whole GPUs stay whole: several of one node, shares of one GPU, never of two")
  func shapes() throws {
    for rule in [PlacementRule.firstFit, .bestFit] {
      var placer = SharedPlacer(try pool(2, 4), rule: rule)
      _ = placer.place(try request(1, 500))
      #expect(placer.place(try request(4))?.gpus == [0, 1, 2, 3], "\(rule)")
      #expect(placer.place(try request(2)) == nil, "one and a half are free")
      #expect(placer.place(try request(1))?.gpus == [1])
      #expect(placer.place(try request(1, 501)) == nil)
      #expect(placer.place(try request(1, 500))?.gpus == [0])
      #expect(placer.pool.takenThousandths == placer.pool.capacityThousandths)
    }
  }

  @Test("a task without GPUs goes where it costs GPUs nothing")
  func cpuOnly() throws {
    let workload = TypicalWorkload(of: [try request(1, cpu: 10_000)])
    var placer = SharedPlacer(try pool(1, 0), rule: .fragmentationGradient(workload))
    #expect(placer.place(try request(0))?.node == 1)
    #expect(placer.place(try request(0, cpu: 9500))?.node == 0, "n1 has nine CPUs left")
  }

  @Test("what is removed can be placed again")
  func remove() throws {
    var placer = SharedPlacer(try pool(1), rule: .bestFit)
    let placed = try #require(placer.place(try request(1)))
    #expect(placer.place(try request(1)) == nil)
    placer.remove(placed)
    #expect(placer.place(try request(1)) == placed)
  }

  @Test("a request or a node that can't be is refused")
  func refused() {
    let name = SmallSite.name("n", NodeName.self)
    #expect(
      SharedRequest(gpus: 1, thousandthsPerGPU: 1001, cpuThousandths: 0, memoryMiB: 0) == nil)
    #expect(SharedRequest(gpus: 1, thousandthsPerGPU: 0, cpuThousandths: 0, memoryMiB: 0) == nil)
    #expect(SharedRequest(gpus: -1, cpuThousandths: 0, memoryMiB: 0) == nil)
    #expect(
      PoolNode(name: name, gpuType: nil, gpus: 0, cpuThousandths: -1, memoryMiB: 0) == nil)
    let node = PoolNode(name: name, gpuType: nil, gpus: 0, cpuThousandths: 1, memoryMiB: 0)
    #expect(SharedPool([node, node].compactMap(\.self)) == nil)
  }
}

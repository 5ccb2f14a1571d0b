import Domain
import Scheduling
import Testing

/// The fast placer against the word-for-word one, on random pools where tasks come and go.
@Suite("placement properties")
struct PlacementPropertyTests {
  @Test("the fast placer decides as the naive one, and what is free agrees", arguments: 1...60)
  func oracle(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let types = ["a100", "h100"]
    let nodes = try (0..<random.pick(1...6)).map { index in
      try #require(
        PoolNode(
          name: SmallSite.name("n\(index)", NodeName.self), gpuType: types[random.pick(0...1)],
          gpus: random.pick(0...4), cpuThousandths: random.pick(1...8) * 4000,
          memoryMiB: random.pick(1...8) * 1000))
    }
    let workload = try (0..<random.pick(1...12)).map { _ in try task(&random) }
    var fast = SharedPlacer(
      try #require(SharedPool(nodes)),
      rule: .fragmentationGradient(TypicalWorkload(of: workload)))
    var naive = NaivePlacer(
      nodes: nodes.map {
        NaivePlacer.State(
          gpus: Array(repeating: 1000, count: $0.gpus), cpu: $0.cpuThousandths,
          memory: $0.memoryMiB, type: $0.gpuType ?? "")
      }, workload: workload)
    let measure = Fragmentation(TypicalWorkload(of: workload), in: fast.pool)
    var running: [SharedPlacement] = []
    for step in 0..<80 {
      if random.oneIn(3), !running.isEmpty {
        let gone = running.remove(at: random.pick(0...running.count - 1))
        fast.remove(gone)
        naive.remove(gone)
      } else {
        let request = random.oneIn(2) ? workload[0] : try task(&random)
        let placed = fast.place(request)
        let expected = naive.place(request)
        #expect(placed?.node == expected?.node, "seed \(seed), step \(step)")
        #expect(placed?.gpus == expected?.gpus, "seed \(seed), step \(step)")
        guard placed?.node == expected?.node, placed?.gpus == expected?.gpus else { return }
        if let placed { running.append(placed) }
      }
      for node in nodes.indices {
        #expect(fast.pool.freeGPUs(of: node) == naive.nodes[node].gpus, "seed \(seed)")
        #expect(
          measure.sum(on: node, in: fast.pool) == naive.fragmentation(naive.nodes[node]),
          "seed \(seed)")
      }
    }
  }

  @Test(
    "no rule takes more of a node than it has, and none leaves a task out that has room",
    arguments: 1...20)
  func overcommitment(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let nodes = try (0..<3).map { index in
      try #require(
        PoolNode(
          name: SmallSite.name("n\(index)", NodeName.self), gpuType: "h100", gpus: 3,
          cpuThousandths: 12_000, memoryMiB: 4000))
    }
    let tasks = try (0..<60).map { _ in try task(&random) }
    let workload = TypicalWorkload(of: tasks)
    for rule in [
      PlacementRule.firstFit, .bestFit, .fragmentationGradient(workload), .foresight(workload),
    ] {
      var placer = SharedPlacer(try #require(SharedPool(nodes)), rule: rule)
      var cpu = Array(repeating: 0, count: nodes.count)
      for task in tasks {
        guard let placed = placer.place(task) else {
          let fits = nodes.indices.contains { node in
            let free = placer.pool.freeGPUs(of: node)
            return cpu[node] + task.cpuThousandths <= 12_000 && task.memoryMiB == 0
              && (task.gpus == 0 || task.gpuTypes != ["a100"])
              && free.count { $0 >= task.thousandthsPerGPU } >= task.gpus
          }
          #expect(!fits, "seed \(seed)")
          continue
        }
        cpu[placed.node] += task.cpuThousandths
        #expect(cpu[placed.node] <= 12_000 && placed.gpus.count == task.gpus)
        #expect(placer.pool.freeGPUs(of: placed.node).allSatisfy { (0...1000).contains($0) })
      }
    }
  }

  private func task(_ random: inout SplitMix64) throws -> SharedRequest {
    let gpus = random.oneIn(5) ? 0 : random.oneIn(4) ? random.pick(2...4) : 1
    let isShare = gpus == 1 && !random.oneIn(3)
    let types = random.oneIn(6) ? ["h100"] : random.oneIn(6) ? ["a100"] : []
    return try #require(
      SharedRequest(
        gpus: gpus, thousandthsPerGPU: isShare ? random.pick(1...9) * 100 : nil,
        cpuThousandths: random.pick(0...6) * 1000, memoryMiB: random.pick(0...2) * 500,
        gpuTypes: types))
  }
}

import Domain
import Foundation
import Scheduling
import Testing

/// The experiment of the paper on fragmentation gradient descent (Weng et al., USENIX ATC 2023) on
/// Alibaba's public trace `openb`: pods are drawn with replacement until they have asked for 130 % of
/// the GPUs, none leaves, and what finds no room is dropped. `POLDER_TRACES` names the folder. It
/// wants a release build; in another one it runs if `POLDER_TRACES_LOGS` names `openb`, or is `all`.
@Suite("openb", .enabled(if: Openb.isWanted, "POLDER_TRACES is not set, or no release build"))
struct OpenbTests {
  /// What the paper's own simulator reached, mean of ten seeds, in hundredths of a per cent.
  private let published = 9539

  @Test("foresight allocates at least what FGD was published to, and FGD more than best fit")
  func allocated() throws {
    let trace = try Openb.read()
    let workload = TypicalWorkload(of: trace.pods)
    func mean(_ name: String, _ rule: PlacementRule) -> Int {
      let placer = SharedPlacer(trace.pool, rule: rule)
      let figures = (1...10).map { trace.allocated(by: placer, seed: $0) }
      let mean = figures.reduce(0, +) / figures.count
      print("openb, \(name): \(figures), mean \(mean)")
      return mean
    }
    let foresight = mean("foresight", .foresight(workload))
    let gradient = mean("FGD", .fragmentationGradient(workload))
    let bestFit = mean("best fit", .bestFit)
    let firstFit = mean("first fit", .firstFit)
    #expect(foresight >= published && foresight > gradient)
    #expect(gradient > bestFit && gradient > firstFit)
  }
}

/// Alibaba's cluster-trace-gpu-v2023, nodes with GPUs and the default list of pods.
struct Openb {
  let pool: SharedPool
  let pods: [SharedRequest]

  static var isWanted: Bool {
    #if DEBUG
      let logs = ProcessInfo.processInfo.environment["POLDER_TRACES_LOGS"] ?? ""
      let isNamed = logs.split(separator: ",").contains { $0 == "openb" || $0 == "all" }
    #else
      let isNamed = true
    #endif
    return Trace.folder != nil && isNamed
  }

  static func read() throws -> Openb {
    let nodes = try Trace.lines("gpu/openb_node_list_gpu_node.csv").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = try fields[1...3].map { try #require(Int($0)) }
      let name = try #require(NodeName(String(fields[0])))
      return try #require(
        PoolNode(
          name: name, gpuType: String(fields[4]),
          gpus: numbers[2], cpuThousandths: numbers[0], memoryMiB: numbers[1]))
    }
    let pods = try Trace.unpacked("gpu/openb_pod_list_default.csv.gz").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = try fields[1...4].map { try #require(Int($0)) }
      return try #require(
        SharedRequest(
          gpus: numbers[2], thousandthsPerGPU: numbers[3], cpuThousandths: numbers[0],
          memoryMiB: numbers[1],
          gpuTypes: fields[5].split(separator: "|").map { String($0) }))
    }
    let pool = try #require(SharedPool(Array(nodes)))
    return Openb(pool: pool, pods: Array(pods))
  }

  /// The GPUs that are allocated in the end, in hundredths of a per cent, rounded down.
  func allocated(by empty: SharedPlacer, seed: Int) -> Int {
    var random = SplitMix64(seed: UInt64(seed))
    var placer = empty
    var arrived = 0
    while arrived * 100 < pool.capacityThousandths * 130 {
      let pod = pods[random.pick(0...pods.count - 1)]
      arrived += pod.gpuThousandths
      _ = placer.place(pod)
    }
    return placer.pool.takenThousandths * 10_000 / pool.capacityThousandths
  }
}

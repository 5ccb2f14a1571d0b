import Domain
import Scheduling
import Testing

/// Nodes of four GPUs that are all alike, and tasks that want some of each.
struct Alike {
  var nodes: [Node]
  let partition: Partition
  let allocation: AllocationID
  let now = Instant(seconds: 1_795_464_000)

  /// - Parameter memories: of each node in MiB, if they differ: then they are alike no more.
  init(nodes count: Int, memories: [Int] = [], features: [String] = []) throws {
    nodes = try (0..<count).map {
      Node(
        name: try #require(NodeName("gn\($0)")), gpuType: "h100",
        capacity: NodeResources(
          gpus: 4, cpus: 64, memoryMiB: memories.isEmpty ? 4096 : memories[$0]),
        features: features.isEmpty ? [] : [FeatureName(features[$0])].compactMap { $0 })
    }
    allocation = try #require(AllocationID("acme"))
    partition = Partition(
      name: try #require(PartitionName("gpu")), nodes: nodes.map(\.name), wholeNodes: false,
      defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(100), defaultsPerGPU: .none,
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0))
      ])
  }

  func candidate(
    _ count: Int, _ span: Int64, gpus: Int = 4, number: Int64 = 1,
    _ eligibility: Eligibility = .eligible, terms: NodeTerms = .any
  ) -> Candidate {
    Candidate(
      task: TaskID(job: JobID(number: number), index: nil),
      request: JobRequest(
        name: "job", member: Ids.member, project: Ids.project, allocation: nil,
        partition: partition.name, nodeCount: count,
        perNode: NodeResources(gpus: gpus, cpus: gpus * 16, memoryMiB: gpus * 1024),
        gpuType: nil, timeLimit: Seconds(span), terms: terms),
      options: [AllocationOption(allocation: allocation, windowEnd: now + .hours(100_000))],
      grace: .zero, eligibility: eligibility)
  }

  /// - Parameter occupied: position of the node, GPUs taken, and for how many seconds from now.
  func problem(
    _ queue: [Candidate], exactTasks: Int, occupied: [(Int, Int, Int64)] = [],
    promises: [PlannedReservation] = [], isUp: Bool = true,
    budgets: [AllocationID: GPUTime] = [:], limits: [LimitID: LimitRoom] = [:]
  ) -> PlanningProblem {
    PlanningProblem(
      now: now,
      nodes: nodes.map { NodeCondition(node: $0, state: isUp ? .up : .unavailable("down")) },
      partitions: [partition],
      occupations: occupied.enumerated().map { index, taken in
        Occupation(
          run: RunID(
            task: TaskID(job: JobID(number: Int64(100 + index)), index: nil), attempt: 1),
          placement: Placement(
            nodes: [nodes[taken.0].name],
            perNode: NodeResources(
              gpus: taken.1, cpus: taken.1 * 16, memoryMiB: taken.1 * 1024)),
          until: now + Seconds(taken.2))
      },
      queue: queue,
      budgets: budgets.merging([allocation: .hours(100_000_000)]) { own, _ in own },
      limits: limits, promises: promises, exactTasks: exactTasks)
  }
}

extension Plan {
  var starts: [TaskID] {
    decisions.compactMap { if case .start = $0.outcome { $0.task } else { nil } }
  }
}

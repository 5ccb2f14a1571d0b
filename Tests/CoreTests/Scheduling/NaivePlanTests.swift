// Why: a plan is right if it is what anybody would work out with a pencil, minute by minute.
import Domain
import Foundation
import Scheduling
import Testing

/// Plans a small cluster minute by minute, in tables and without any structure: what each policy
/// means, and nothing else.
private struct NaivePlanner {
  /// Free on each node in each minute from now on; the last minute stands for ever.
  var free: [[NodeResources]]
  let problem: PlanningProblem
  let nodes: [NodeCondition]
  var left: [AllocationID: GPUTime]
  /// GPUs that the limit leaves in each minute.
  var room: [Int64]
  /// Begins of tasks, in minutes; nil for none.
  private(set) var begins: [Int?] = []
  private(set) var places: [[NodeName]] = []

  /// Further ahead nothing can lie.
  static let minutes = 200

  init(_ problem: PlanningProblem, limit: LimitID) {
    self.problem = problem
    nodes = problem.nodes.sorted { $0.node.name < $1.node.name }
    left = problem.budgets
    free = nodes.map { Array(repeating: $0.node.capacity, count: Self.minutes) }
    let most = problem.limits[limit]?.most[.gpus] ?? .max
    room = Array(repeating: most, count: Self.minutes)
    for run in problem.occupations {
      let end = max(minute(run.until), 1)
      for node in nodes.indices where run.placement.nodes.contains(nodes[node].node.name) {
        take(run.placement.perNode, on: node, 0..<end)
      }
      if !run.limits.isEmpty { lend(run.placement, 0..<end) }
    }
    for reservation in problem.reserved {
      let begin = max(minute(reservation.window.lowerBound), 0)
      let end = max(minute(reservation.window.upperBound), 0)
      for node in nodes.indices where reservation.nodes.contains(nodes[node].node.name) {
        for time in begin..<end { free[node][time] = .none }
      }
    }
  }

  private func minute(_ instant: Instant) -> Int {
    Int((instant.milliseconds - problem.now.milliseconds) / 60_000)
  }

  private mutating func take(_ share: NodeResources, on node: Int, _ times: Range<Int>) {
    for time in times { free[node][time] = free[node][time] - share }
  }

  private mutating func lend(_ placement: Placement, _ times: Range<Int>) {
    guard room[0] < .max else { return }
    for time in times {
      room[time] -= Int64(placement.perNode.gpus * placement.nodes.count)
    }
  }

  /// The nodes that a task would take if it began in a minute; nil if it can't.
  private func nodes(for candidate: Candidate, at begin: Int) -> (share: NodeResources, [Int])? {
    let request = candidate.request
    guard let partition = problem.partitions.first(where: { $0.name == request.partition }) else {
      return nil
    }
    let end = begin + Int(request.timeLimit.count / 60)
    guard end < Self.minutes else { return nil }
    let share = partition.wholeNodes ? nodes[0].node.capacity : request.perNode
    var fitting: [(gpus: Int, cpus: Int, node: Int)] = []
    for node in nodes.indices where nodes[node].state == .up {
      let span = free[node][begin..<end]
      guard span.allSatisfy({ share.fits(in: $0) }) else { continue }
      fitting.append((span.map(\.gpus).min() ?? 0, span.map(\.cpus).min() ?? 0, node))
    }
    guard fitting.count >= request.nodeCount else { return nil }
    fitting.sort { ($0.gpus, $0.cpus, $0.node) < ($1.gpus, $1.cpus, $1.node) }
    return (share, fitting.prefix(request.nodeCount).map(\.node).sorted())
  }

  private func hasRoom(_ candidate: Candidate, _ share: NodeResources, _ times: Range<Int>) -> Bool
  {
    let gpus = Int64(share.gpus * candidate.request.nodeCount)
    return candidate.options[0].limits.isEmpty || gpus == 0
      || room[times].allSatisfy { $0 >= gpus }
  }

  private func hold(_ candidate: Candidate, _ share: NodeResources) -> GPUTime? {
    let partition = problem.partitions.first { $0.name == candidate.request.partition }
    return partition.map {
      GPUTime(
        milliseconds: $0.rateCard(at: problem.now).rates.weight(of: share, gpuType: nil)
          .thousandths * Int64(candidate.request.nodeCount) * candidate.request.timeLimit.count)
    }
  }

  /// Tries the minutes from one to another; lays the task down at the first that will do.
  ///
  /// - Parameter waits: false if it has no slot where nodes are free before a limit leaves room.
  private mutating func plan(
    _ candidate: Candidate, _ tried: ClosedRange<Int>, waits: Bool = false
  ) -> Int? {
    for begin in tried {
      guard let (share, chosen) = nodes(for: candidate, at: begin) else { continue }
      let end = begin + Int(candidate.request.timeLimit.count / 60)
      let option = candidate.options[0]
      guard hasRoom(candidate, share, begin..<end) else {
        if waits { continue }
        break
      }
      guard let hold = hold(candidate, share), hold <= left[option.allocation] ?? .zero,
        problem.now + .minutes(Int64(end)) <= option.windowEnd
      else { break }
      left[option.allocation, default: .zero] -= hold
      for node in chosen { take(share, on: node, begin..<end) }
      let names = chosen.map { nodes[$0].node.name }
      if !option.limits.isEmpty {
        lend(Placement(nodes: names, perNode: share), begin..<end)
      }
      begins.append(begin)
      places.append(begin == 0 ? names : [])
      return begin
    }
    begins.append(nil)
    places.append([])
    return nil
  }

  mutating func plan(by policy: PlanningPolicy) {
    let all = 0...Self.minutes - 1
    switch policy {
    case .conservative:
      for candidate in problem.queue { _ = plan(candidate, all, waits: true) }
    case .fcfs:
      var floor = 0
      for candidate in problem.queue {
        floor = plan(candidate, floor...Self.minutes - 1) ?? floor
      }
    case .easy:
      var hasHead = false
      for candidate in problem.queue {
        if let begin = plan(candidate, hasHead ? 0...0 : all), begin > 0 { hasHead = true }
      }
    }
  }
}

/// A few nodes that are alike, and tasks of whole minutes.
private struct SmallCluster {
  var random: SplitMix64
  private static let now = Instant(seconds: 1_795_466_340)
  private static let capacity = NodeResources(gpus: 4, cpus: 12, memoryMiB: 32)
  let limit: LimitID
  let allocations: [AllocationID]
  let partitions: [PartitionName]
  let names: [NodeName]

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    limit = try #require(LimitID("gpus"))
    allocations = try ["acme", "brek"].map { try #require(AllocationID($0)) }
    partitions = try ["shared", "whole"].map { try #require(PartitionName($0)) }
    names = try (1...4).map { try #require(NodeName("gn0\($0)")) }
  }

  mutating func problem() -> PlanningProblem {
    let nodes = names.prefix(random.pick(1...4)).map {
      NodeCondition(
        node: Node(name: $0, gpuType: "h100", capacity: Self.capacity),
        state: random.oneIn(8) ? .unavailable("down") : .up)
    }
    var problem = PlanningProblem(
      now: Self.now, nodes: nodes,
      partitions: partitions.map {
        Partition(
          name: $0, nodes: nodes.map(\.node.name), wholeNodes: $0.text == "whole",
          defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24), defaultsPerGPU: .none,
          rateCards: [
            RateCard(
              version: 1, inForceFrom: Instant(milliseconds: 0),
              rates: Rates(perGPU: 1000, perCPU: 100, perGiB: 0))
          ])
      }, occupations: runs(on: nodes), queue: [], budgets: [:])
    for allocation in allocations {
      problem.budgets[allocation] = GPUTime(milliseconds: Int64(random.pick(0...400)) * 60_000)
    }
    if random.oneIn(2) {
      problem.limits[limit] = LimitRoom(
        scope: nil, most: [.gpus: Int64(random.pick(0...10))])
    }
    problem.reserved = (0..<random.pick(0...1)).compactMap { _ in
      let begin = Self.now + .minutes(Int64(random.pick(-3...12)))
      return Reservation(
        name: "set", nodes: nodes.map(\.node.name).filter { _ in random.oneIn(2) }, from: begin,
        until: begin + .minutes(Int64(random.pick(1...9))), isMaintenance: true)
    }
    problem.queue = (0..<random.pick(1...8)).map { candidate($0) }
    return problem
  }

  private mutating func share() -> NodeResources {
    NodeResources(
      gpus: random.pick(0...4), cpus: random.pick(1...9), memoryMiB: random.pick(1...24))
  }

  private mutating func counters() -> [LimitCounter] {
    random.oneIn(2) ? [LimitCounter(limit)] : []
  }

  private mutating func runs(on nodes: [NodeCondition]) -> [Occupation] {
    var runs: [Occupation] = []
    for node in nodes {
      var free = node.node.capacity
      for _ in 0..<random.pick(0...2) {
        let share = share()
        guard share.fits(in: free) else { continue }
        free = free - share
        runs.append(
          Occupation(
            run: RunID(
              task: TaskID(job: JobID(number: Int64(1 + runs.count)), index: nil), attempt: 1),
            placement: Placement(nodes: [node.node.name], perNode: share),
            until: Self.now + .minutes(Int64(random.pick(-2...15))), limits: counters()))
      }
    }
    return runs
  }

  private mutating func candidate(_ number: Int) -> Candidate {
    Candidate(
      task: TaskID(job: JobID(number: Int64(100 + number)), index: nil),
      request: JobRequest(
        name: "job", member: Ids.member, project: Ids.project, allocation: nil,
        partition: partitions[random.oneIn(4) ? 1 : 0], nodeCount: random.pick(1...3),
        perNode: share(), gpuType: nil, timeLimit: .minutes(Int64(random.pick(1...12)))),
      options: [
        AllocationOption(
          allocation: allocations[random.pick(0...1)],
          windowEnd: Self.now + .minutes(Int64(random.pick(10...300))), limits: counters())
      ], grace: .zero, eligibility: .eligible)
  }
}

@Suite("planners against minutes on paper") struct NaivePlanTests {
  /// How many clusters are tried; `POLDER_CASES` has others, up to millions.
  private static let cases =
    ProcessInfo.processInfo.environment["POLDER_CASES"].flatMap { Int($0) } ?? 300

  @Test("who starts now starts on the same nodes, and who waits is expected in the same minute")
  func equal() throws {
    print("naive planner: \(Self.cases) clusters, seeds from 1; POLDER_CASES has others")
    for seed in 1...UInt64(Self.cases) {
      var cluster = try SmallCluster(seed: seed)
      let problem = cluster.problem()
      for policy in PlanningPolicy.allCases {
        var naive = NaivePlanner(problem, limit: cluster.limit)
        naive.plan(by: policy)
        let plan = policy.planner.plan(problem)
        let starts = Dictionary(plan.reservations.map { ($0.task, $0.start) }) { first, _ in first }
        for (index, decision) in plan.decisions.enumerated() {
          let expected = naive.begins[index].map { problem.now + .minutes(Int64($0)) }
          switch decision.outcome {
          case .start(let placement, _, _, _):
            try #require(
              expected == problem.now && placement.nodes == naive.places[index],
              "\(policy), seed \(seed), \(decision): \(expected as Any)")
          case .wait(_, let start):
            try #require(
              expected == start && starts[decision.task] == start && expected != problem.now,
              "\(policy), seed \(seed), \(decision): \(expected as Any)")
          }
        }
      }
    }
  }
}

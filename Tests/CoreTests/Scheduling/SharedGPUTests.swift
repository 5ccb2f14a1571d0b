import Domain
import Testing

@testable import Scheduling

/// Runs that share GPUs, beside runs that take them whole: Slurm chooses the devices.
@Suite("shared GPUs")
struct SharedGPUTests {
  @Test("sixteen quarters lie on four GPUs, and a seventeenth waits")
  func dense() throws {
    let problem = try problem(nodes: 1, Array(repeating: .share(250), count: 17))
    let plan = ConservativePlanner().plan(problem)
    #expect(plan.decisions.prefix(16).allSatisfy { $0.starts })
    #expect(plan.decisions.last?.starts == false && plan.reservations.count == 1)
  }

  @Test("three thirds, rounded up to 334 thousandths each, lie on one GPU")
  func thirds() throws {
    let problem = try problem(nodes: 1, gpus: 1, shards: 3, Array(repeating: .share(334), count: 4))
    let starts = ConservativePlanner().plan(problem).decisions.filter(\.starts)
    #expect(starts.count == 3)
  }

  @Test("shares gather on the node that is shared, whole GPUs keep away from it")
  func packed() throws {
    let problem = try problem(
      nodes: 2, [.share(250), .whole(1), .share(500), .whole(1), .share(750)])
    let placed = ConservativePlanner().plan(problem).decisions.compactMap(\.nodes)
    #expect(placed == [["n1"], ["n2"], ["n1"], ["n2"], ["n1"]])
  }

  @Test("a GPU that may be shared is not given whole: three shares leave one of four")
  func mixed() throws {
    let problem = try problem(
      nodes: 1, [.share(250), .share(250), .share(250), .whole(2), .whole(1)])
    let starts = ConservativePlanner().plan(problem).decisions.map(\.starts)
    #expect(starts == [true, true, true, false, true])
  }

  @Test("behind the exact tasks shares are planned on nodes too")
  func counted() throws {
    var problem = try problem(nodes: 2, Array(repeating: .share(250), count: 32))
    problem.exactTasks = 1
    #expect(ConservativePlanner().plan(problem).decisions.allSatisfy { $0.starts })
  }

  @Test(
    "a share of a size that no GPU is cut into, or in a partition of whole nodes, is refused",
    arguments: [300, 1001, 250])
  func refused(thousandths: Int) throws {
    let problem = try problem(nodes: 1, whole: thousandths == 250, [.share(thousandths)])
    let admission = Admission(
      nodes: problem.nodes.map(\.node), partitions: problem.partitions, now: problem.now)
    let refusals = admission.refusals(of: problem.queue[0].request)
    #expect(
      refusals == [
        .shares(
          asked: thousandths, shardsPerGPU: thousandths == 250 ? [] : [4],
          wholeNodes: thousandths == 250)
      ])
  }

  @Test("what the rule of a full node accepts fits, however those before it lie on the GPUs")
  func sound() throws {
    for (gpus, shards) in [(1, 4), (2, 3), (2, 4), (3, 3)] {
      let cut = try #require(GPUCut(node(1, gpus: gpus, shards: shards)))
      var accepted = 0
      for sizes in multisets(of: 1...shards, most: 6) {
        guard let free = state(sizes, cut) else { continue }
        for size in 1...shards {
          let share = share(size, shards)
          let all = sizes + [size]
          guard cut.holds(share, beside: free.load, free: free.free) else { continue }
          accepted += 1
          // In any order: each of them may be the last to come.
          for last in all.indices {
            var others = all
            let wanted = others.remove(at: last)
            #expect(
              !canBlock(others, wanted, Array(repeating: shards, count: gpus)),
              "\(all) on \(gpus) GPUs of \(shards)")
          }
        }
      }
      #expect(accepted > 5)
    }
  }

  @Test(
    "whatever devices Slurm chooses, all that is planned finds its GPUs when its time comes",
    arguments: 1...300 as ClosedRange<UInt64>)
  func found(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let wishes = (0..<random.pick(5...25)).map { _ -> NodeResources in
      random.oneIn(3)
        ? .whole(random.pick(1...3)) : .share([250, 250, 500, 750, 1000][random.pick(0...4)])
    }
    let nodes = random.pick(1...3)
    var problem = try problem(nodes: nodes, gpus: random.pick(2...4), wishes)
    problem.queue = problem.queue.map { candidate in
      Candidate(
        task: candidate.task,
        request: candidate.request.changed(timeLimit: Seconds(Int64(random.pick(1...9)) * 60)),
        options: candidate.options, grace: .zero, eligibility: .eligible)
    }
    let plan = ConservativePlanner().plan(problem)
    for attempt in 1...5 {
      for condition in problem.nodes {
        var devices = Devices(condition.node)
        #expect(
          devices.replay(plan, problem, &random),
          "seed \(seed), attempt \(attempt) on \(condition.node.name)")
      }
    }
    #expect(plan.decisions.contains { $0.starts })
  }
}

// MARK: - Slurm

/// The devices of one node, dealt out as unkindly as Slurm might.
private struct Devices {
  private let node: Node
  private var runs: [(end: Instant, devices: [Int], shards: Int)] = []

  init(_ node: Node) { self.node = node }

  private struct Coming {
    let begin: Instant
    let end: Instant
    let share: NodeResources
  }

  /// False if something that was planned here finds no place at its time.
  mutating func replay(
    _ plan: Plan, _ problem: PlanningProblem, _ random: inout SplitMix64
  ) -> Bool {
    var coming: [Coming] = []
    for (decision, candidate) in zip(plan.decisions, problem.queue) {
      if case .start(let placement, _, _, let limit) = decision.outcome,
        placement.nodes.contains(node.name)
      {
        coming.append(
          Coming(begin: problem.now, end: problem.now + limit, share: candidate.request.perNode))
      }
    }
    for slot in plan.reservations where slot.placement.nodes.contains(node.name) {
      coming.append(Coming(begin: slot.start, end: slot.end, share: slot.placement.perNode))
    }
    coming = coming.shuffled(using: &random)
    for instant in Set(coming.map(\.begin)).sorted() {
      runs.removeAll { $0.end <= instant }
      for next in coming where next.begin == instant {
        guard start(next, &random) else { return false }
      }
    }
    return true
  }

  private mutating func start(_ next: Coming, _ random: inout SplitMix64) -> Bool {
    var used = Array(repeating: 0, count: node.capacity.gpus)
    for run in runs { for device in run.devices { used[device] += run.shards } }
    let size = node.shards(in: next.share) ?? node.shardsPerGPU
    let fitting = used.indices.filter { used[$0] + size <= node.shardsPerGPU }
    guard fitting.count >= next.share.gpus else { return false }
    let devices = Array(fitting.shuffled(using: &random).prefix(next.share.gpus))
    runs.append((next.end, devices, size))
    return true
  }
}

/// True if some of these can lie so that the last finds no place.
private func canBlock(_ others: [Int], _ wanted: Int, _ free: [Int]) -> Bool {
  guard let next = others.first else { return free.allSatisfy { $0 < wanted } }
  let rest = Array(others.dropFirst())
  return free.indices.contains { device in
    guard free[device] >= next else { return false }
    var left = free
    left[device] -= next
    return canBlock(rest, wanted, left)
  }
}

private func multisets(of sizes: ClosedRange<Int>, most: Int) -> [[Int]] {
  var all: [[Int]] = [[]]
  var last: [[Int]] = [[]]
  for _ in 0..<most {
    last = last.flatMap { set in
      (sizes.lowerBound...(set.last ?? sizes.upperBound)).map { set + [$0] }
    }
    all += last
  }
  return all
}

private func share(_ size: Int, _ shards: Int) -> NodeResources {
  .share(GPUShards.thousandths(of: size, perGPU: shards))
}

/// What is free beside some shares that a plan could have laid; nil if it could not.
private func state(
  _ sizes: [Int], _ cut: GPUCut
) -> (free: NodeResources, load: ShareLoad)? {
  var free = NodeResources(gpus: cut.gpus, cpus: 100, memoryMiB: 1000)
  var load = ShareLoad()
  for size in sizes {
    let share = share(size, cut.shards)
    guard share.fits(in: free) || cut.holds(share, beside: load, free: free) else { return nil }
    free = free - share
    load.take(share, cut)
  }
  return (free, load)
}

// MARK: - Problems

extension NodeResources {
  fileprivate static func share(_ thousandths: Int) -> NodeResources {
    NodeResources(gpus: 1, cpus: 1, memoryMiB: 1, gpuThousandths: thousandths)
  }

  fileprivate static func whole(_ gpus: Int) -> NodeResources {
    NodeResources(gpus: gpus, cpus: 1, memoryMiB: 1)
  }
}

extension PlannedTask {
  fileprivate var starts: Bool { nodes != nil }

  fileprivate var nodes: [String]? {
    if case .start(let placement, _, _, _) = outcome { placement.nodes.map(\.text) } else { nil }
  }
}

private func node(_ number: Int, gpus: Int, shards: Int) throws -> Node {
  Node(
    name: try #require(NodeName("n\(number)")), gpuType: "h100",
    capacity: NodeResources(gpus: gpus, cpus: 100, memoryMiB: 1000), shardsPerGPU: shards)
}

private func problem(
  nodes: Int, gpus: Int = 4, shards: Int = 4, whole: Bool = false, _ wishes: [NodeResources]
) throws -> PlanningProblem {
  let now = Instant(milliseconds: 1_795_466_351_000)
  let partition = try #require(PartitionName("gpu"))
  let allocation = try #require(AllocationID("acme"))
  let all = try (1...nodes).map { try node($0, gpus: gpus, shards: shards) }
  return PlanningProblem(
    now: now, nodes: all.map { NodeCondition(node: $0, state: .up) },
    partitions: [
      Partition(
        name: partition, nodes: all.map(\.name), wholeNodes: whole, defaultTimeLimit: Seconds(60),
        maximumTimeLimit: Seconds(6000), defaultsPerGPU: .whole(1),
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0))
        ])
    ], occupations: [],
    queue: wishes.enumerated().map { number, wish in
      Candidate(
        task: TaskID(job: JobID(number: Int64(number + 1)), index: nil),
        request: JobRequest(
          name: "job", member: Ids.member, project: Ids.project, allocation: nil,
          partition: partition, nodeCount: 1, perNode: wish, gpuType: nil, timeLimit: Seconds(600)),
        options: [AllocationOption(allocation: allocation, windowEnd: now + Seconds(1_000_000))],
        grace: .zero, eligibility: .eligible)
    }, budgets: [allocation: GPUTime(milliseconds: 1 << 50)])
}

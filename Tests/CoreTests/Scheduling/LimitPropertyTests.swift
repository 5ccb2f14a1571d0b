import Domain
import Scheduling
import Testing

/// What holds for plans under limits on what runs at once.
@Suite("plans under limits")
struct LimitPropertyTests {
  @Test(
    "nothing that starts or is promised goes beyond a limit, now or at its planned time",
    arguments: PlanningPolicy.allCases, 1...120 as ClosedRange<UInt64>)
  func sound(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.limitedProblem()
    if source.random.oneIn(2) { problem.exactTasks = source.random.pick(0...6) }
    let plan = policy.planner.plan(problem)
    let faults = PlanAudit(problem, plan).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
    #expect(plan.decisions.map(\.task) == problem.queue.map(\.task), "seed \(seed)")
    #expect(policy.planner.plan(problem) == plan, "seed \(seed)")
  }

  @Test(
    "no plan lends more licences than the centre has, at no instant",
    arguments: PlanningPolicy.allCases, 1...120 as ClosedRange<UInt64>)
  func licences(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.licensedProblem()
    if seed.isMultiple(of: 2) { problem.exactTasks = source.random.pick(0...6) }
    let plan = policy.planner.plan(problem)
    let faults = PlanAudit(problem, plan).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
    problem.promises = plan.reservations
    let again = PlanAudit(problem, policy.planner.plan(problem)).faults()
    #expect(again.isEmpty, "\(policy), seed \(seed), again: \(again)")
  }

  @Test(
    "promises are kept under limits, and dropped where a limit was lowered below them",
    arguments: 1...80 as ClosedRange<UInt64>)
  func promises(seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.limitedProblem()
    let planner = ConservativePlanner()
    problem.promises = planner.plan(problem).reservations
    let again = planner.plan(problem)
    let before = Dictionary(uniqueKeysWithValues: problem.promises.map { ($0.task, $0.start) })
    for promise in again.reservations {
      guard let start = before[promise.task] else { continue }
      #expect(promise.start <= start, "seed \(seed): \(promise.task)")
    }
    problem.limits = problem.limits.mapValues {
      LimitRoom(scope: $0.scope, most: [.running: 1])
    }
    let faults = PlanAudit(problem, planner.plan(problem)).faults()
    #expect(faults.isEmpty, "seed \(seed): \(faults)")
  }

  @Test(
    "of several allocations the one whose limit leaves room first pays, though that is not now",
    arguments: [Int.max, 0])
  func soonestOfSeveral(exactTasks: Int) throws {
    let town = try SpareTown()
    var problem = town.problem([(gpus: 2, minutes: 5)], gpus: 1, running: 9, exactTasks: exactTasks)
    // The first allows one GPU for good; the second two, and a run has one of them for ten minutes.
    let (second, other) = (try #require(LimitID("other")), try #require(AllocationID("b")))
    let asked = problem.queue[0]
    let more = AllocationOption(
      allocation: other, windowEnd: asked.options[0].windowEnd, limits: [LimitCounter(second)])
    problem.queue = [
      Candidate(
        task: asked.task, request: asked.request, options: asked.options + [more], grace: .zero,
        eligibility: .eligible)
    ]
    problem.budgets[other] = .hours(9000)
    problem.limits[second] = LimitRoom(scope: .project(Ids.project), most: [.gpus: 2])
    problem.occupations = [
      Occupation(
        run: RunID(task: TaskID(job: JobID(number: 9), index: nil), attempt: 1),
        placement: Placement(
          nodes: [problem.nodes[0].node.name],
          perNode: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1)),
        until: problem.now + .minutes(10), limits: [LimitCounter(second)])
    ]
    let plan = ConservativePlanner().plan(problem)
    guard case .wait(.limit(let short), let expected) = plan.decisions[0].outcome else {
      Issue.record("\(plan.decisions[0].outcome)")
      return
    }
    #expect(short.limit == second && expected == problem.now + .minutes(10))
  }

  @Test(
    "with nodes to spare each task has the earliest start that a walk over the minutes finds",
    arguments: [Int.max, 0], 1...60 as ClosedRange<UInt64>)
  func earliest(exactTasks: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let town = try SpareTown()
    let most = (gpus: random.pick(2...6), running: random.pick(1...4))
    // On counts times lie on a grid of minutes, so that all here are whole ones. Of a long queue
    // what was found is kept as bounds for what comes.
    let count = seed.isMultiple(of: 20) ? 400 : random.pick(1...14)
    let tasks = (0..<count).map { _ in
      (gpus: random.pick(1...2), minutes: random.pick(1...9))
    }
    let plan = ConservativePlanner().plan(
      town.problem(tasks, gpus: most.gpus, running: most.running, exactTasks: exactTasks))
    var taken = Array(repeating: (gpus: 0, running: 0), count: 10 * (count + 1))
    for (task, decision) in zip(tasks, plan.decisions) {
      var begin = 0
      func fits(_ minute: Int) -> Bool {
        taken[minute].running < most.running && taken[minute].gpus + task.gpus <= most.gpus
      }
      while !(begin..<begin + task.minutes).allSatisfy(fits) { begin += 1 }
      for minute in begin..<begin + task.minutes {
        taken[minute].gpus += task.gpus
        taken[minute].running += 1
      }
      switch decision.outcome {
      case .start: #expect(begin == 0, "seed \(seed): \(decision.task)")
      case .wait(let reason, let expected):
        #expect(reason.kind == "limit", "seed \(seed): \(reason)")
        #expect(
          expected == SpareTown.now + .minutes(Int64(begin)), "seed \(seed): \(decision.task)")
      }
    }
  }
}

/// More nodes than anybody asks for, under one limit.
private struct SpareTown {
  static let now = Instant(seconds: 1_795_466_340)
  private let limit: LimitID
  private let allocation: AllocationID
  private let partition: Partition
  private let nodes: [NodeCondition]

  init() throws {
    limit = try #require(LimitID("few"))
    allocation = try #require(AllocationID("a"))
    let capacity = NodeResources(gpus: 4, cpus: 16, memoryMiB: 64)
    nodes = try (10...40).map {
      NodeCondition(
        node: Node(name: try #require(NodeName("n\($0)")), gpuType: "h100", capacity: capacity),
        state: .up)
    }
    partition = Partition(
      name: try #require(PartitionName("p")), nodes: nodes.map(\.node.name), wholeNodes: false,
      defaultTimeLimit: Seconds(60), maximumTimeLimit: .hours(24),
      defaultsPerGPU: NodeResources(gpus: 1, cpus: 1, memoryMiB: 1),
      rateCards: [
        RateCard(
          version: 1, inForceFrom: Instant(milliseconds: 0),
          rates: Rates(perGPU: 1000, perCPU: 1, perGiB: 1))
      ])
  }

  func problem(
    _ tasks: [(gpus: Int, minutes: Int)], gpus: Int, running: Int, exactTasks: Int
  ) -> PlanningProblem {
    let queue = tasks.enumerated().map { index, task in
      Candidate(
        task: TaskID(job: JobID(number: Int64(index + 1)), index: nil),
        request: JobRequest(
          name: "j", member: Ids.member, project: Ids.project, allocation: nil,
          partition: partition.name, nodeCount: 1,
          perNode: NodeResources(gpus: task.gpus, cpus: 1, memoryMiB: 1), gpuType: nil,
          timeLimit: .minutes(Int64(task.minutes))),
        options: [
          AllocationOption(
            allocation: allocation, windowEnd: Self.now + .hours(900), limits: [LimitCounter(limit)]
          )
        ], grace: .zero, eligibility: .eligible)
    }
    return PlanningProblem(
      now: Self.now, nodes: nodes, partitions: [partition], occupations: [], queue: queue,
      budgets: [allocation: .hours(9000)],
      limits: [
        limit: LimitRoom(
          scope: .project(Ids.project), most: [.gpus: Int64(gpus), .running: Int64(running)])
      ], exactTasks: exactTasks)
  }
}

import Domain
import Scheduling
import Simulation
import Testing

/// Replays on nodes, by the planner that the daemon runs.
@Suite("exact replay")
struct ExactReplayTests {
  private struct Row {
    var submit: Int64 = 0
    let run: Int64
    var limit: Int64?
    let gpus: Int
    var nodes = 1
    var types: [String] = []
  }

  private func workload(_ rows: [Row]) -> Workload {
    Workload(
      jobs: rows.enumerated().map { index, row in
        WorkloadJob(
          number: Int64(index + 1),
          times: WorkloadTimes(submit: row.submit, run: row.run, limit: row.limit ?? row.run),
          nodes: row.nodes,
          perNode: WorkloadShare(
            gpuThousandths: 1000 * row.gpus, cpuThousandths: 1000, memoryMiB: 1),
          gpuTypes: row.types)
      })
  }

  private func group(_ nodes: Int, _ gpus: Int, _ type: String = "a") -> MachineGroup {
    MachineGroup(
      prefix: type, nodes: nodes,
      node: MachineNode(gpuType: type, gpus: gpus, cpus: 8, memoryMiB: 64))
  }

  private func starts(
    _ rows: [Row], on groups: [MachineGroup], _ policy: ReplayPolicy = .conservative
  ) throws -> [Int64] {
    try ExactReplay(
      machine: MachineModel(groups: groups), workload: workload(rows), policy: policy
    ).run().starts
  }

  @Test("worked by hand: GPUs that are free in pieces are of no use to who needs them on one node")
  func fragments() throws {
    let rows = [
      Row(run: 100, gpus: 1), Row(run: 10, gpus: 1), Row(run: 100, gpus: 1),
      Row(submit: 1, run: 5, gpus: 2),
    ]
    let groups = [group(2, 2)]
    #expect(try starts(rows, on: groups) == [0, 0, 0, 100])
    let counted = Replay(
      machine: MachineModel(groups: groups), workload: workload(rows), policy: .conservative)
    #expect(try counted.run().starts == [0, 0, 0, 10])
  }

  @Test("worked by hand: who names a type waits for it, and others pass")
  func types() throws {
    let rows = [
      Row(run: 50, gpus: 2, types: ["b"]), Row(run: 10, gpus: 1, types: ["b"]),
      Row(run: 10, gpus: 1, types: ["a", "c"]), Row(run: 10, gpus: 2),
      Row(run: 1, gpus: 1, types: ["d"]),
    ]
    for policy in [ReplayPolicy.easy, .conservative] {
      let groups = [group(1, 2, "a"), group(1, 2, "b")]
      #expect(try starts(rows, on: groups, policy) == [0, 50, 0, 10, -1])
    }
  }

  private func outlook(
    _ rows: [Row], on groups: [MachineGroup], _ policy: ReplayPolicy = .conservative,
    interval: Int64 = 1
  ) throws -> ReplayOutlook {
    let replay = ExactReplay(
      machine: MachineModel(groups: groups), workload: workload(rows), policy: policy,
      interval: interval)
    var tally = OutlookTally(of: replay)
    let result = try replay.run { tally.look($0) }
    return tally.outlook(result)
  }

  @Test("worked by hand: promises that are kept, and how far the start was from what was told")
  func told() throws {
    // Of one node: the second is told 100, and 150 is told to the third; the first ends at 50.
    let rows = [
      Row(run: 50, limit: 100, gpus: 2), Row(submit: 1, run: 50, gpus: 2),
      Row(submit: 2, run: 10, gpus: 2),
    ]
    let early = try outlook(rows, on: [group(1, 2)])
    #expect(early.promised == 2 && early.promisesKept == 2)
    #expect(early.estimates.jobs == 2 && early.estimates.meanThousandths == 50_000)
    #expect(early.laterThanTold == 0 && early.fragmentationMillionths == 0)
    let easy = try outlook(rows, on: [group(1, 2)], .easy)
    // Behind the head nobody is told a start; the third is the head from 50 on.
    #expect(easy.promised == 0 && easy.estimates.jobs == 2 && easy.estimates.maxSeconds == 50)
    // In rounds of 30 s: submitted at 0, 1 and 2, seen at 0 and 30; ends at 50, seen at 60.
    let rare = try outlook(rows, on: [group(1, 2)], interval: 30)
    #expect(rare.promised == 2 && rare.promisesKept == 2)
  }

  @Test("worked by hand: what is free in pieces too small for those that wait")
  func pieces() throws {
    let stuck = [
      Row(run: 100, gpus: 1), Row(run: 10, gpus: 1), Row(run: 100, gpus: 1),
      Row(submit: 1, run: 5, gpus: 2),
    ]
    #expect(try outlook(stuck, on: [group(2, 2)]).fragmentationMillionths == 1_000_000)
    // One GPU beside the first is too little for a node of the second, and two are enough.
    let wide = [Row(run: 100, gpus: 1), Row(submit: 1, run: 5, gpus: 2, nodes: 2)]
    #expect(try outlook(wide, on: [group(2, 2)]).fragmentationMillionths == 333_333)
    // What can't hold it at all is no piece of what could.
    let other = [
      Row(run: 100, gpus: 2, types: ["a"]), Row(submit: 1, run: 5, gpus: 1, types: ["a"]),
    ]
    let groups = [group(1, 2, "a"), group(1, 2, "b")]
    #expect(try outlook(other, on: groups).fragmentationMillionths == 0)
  }

  @Test("on nodes of one processor first come, first served is the schedule of the pool")
  func pool() throws {
    for seed in 1...40 as ClosedRange<UInt64> {
      var dice = SplitMix64(seed: seed)
      let machine = MachineModel.processors(dice.number(1...8))
      var submit: Int64 = 0
      let jobs = (1...20).map { number in
        submit += Int64(dice.number(0...6))
        let limit = Int64(dice.number(1...30))
        return WorkloadJob(
          number: Int64(number),
          times: WorkloadTimes(
            submit: submit, run: Int64(dice.number(1...Int(limit))), limit: limit),
          nodes: dice.number(1...9))
      }
      let workload = Workload(jobs: jobs)
      let exact = try ExactReplay(machine: machine, workload: workload, policy: .fcfs).run()
      let pool = try Replay(machine: machine, workload: workload, policy: .fcfs).run()
      #expect(exact == pool, "seed \(seed)")
    }
  }

  /// Jobs on up to three nodes, of up to three groups that differ in all they have.
  private func random(_ seed: UInt64) -> (MachineModel, Workload) {
    var dice = SplitMix64(seed: seed)
    let groups = (0..<dice.number(1...3)).map { number in
      MachineGroup(
        prefix: "g\(number)", nodes: dice.number(1...4),
        node: MachineNode(
          gpuType: ["a", "b", "c"][number], gpus: dice.number(1...8), cpus: dice.number(4...16),
          memoryMiB: dice.number(0...1) * 64))
    }
    var submit: Int64 = 0
    let jobs = (1...30).map { number in
      submit += Int64(dice.number(0...8))
      let limit = Int64(dice.number(1...60))
      let run = dice.number(0...2) == 0 ? limit : Int64(dice.number(0...Int(limit)))
      return WorkloadJob(
        number: Int64(number), times: WorkloadTimes(submit: submit, run: run, limit: limit),
        nodes: dice.number(1...3),
        perNode: WorkloadShare(
          gpuThousandths: 500 * dice.number(1...8), cpuThousandths: 1000 * dice.number(1...6),
          memoryMiB: dice.number(0...40)),
        gpuTypes: dice.number(0...2) == 0 ? ["a", "b"] : [])
    }
    return (MachineModel(groups: groups), Workload(jobs: jobs))
  }

  @Test(
    """
    after each round nothing is over-committed, no promise has moved later, everybody who waits \
    has a reason, and equal arguments give equal schedules
    """, arguments: 1...120 as ClosedRange<UInt64>)
  func rounds(seed: UInt64) throws {
    let (machine, workload) = random(seed)
    for policy in ReplayPolicy.allCases {
      let replay = ExactReplay(
        machine: machine, workload: workload, policy: policy, exactTasks: Int(seed % 7),
        interval: seed % 4 == 0 ? 5 : 1)
      // Where rounds are rarer, one that is late starts late, and those promised behind it move.
      var watch = RoundWatch(
        keepsPromises: policy == .conservative && replay.interval == 1)
      var tally = OutlookTally(of: replay)
      let result = try replay.run {
        watch.look($0)
        tally.look($0)
      }
      let outlook = tally.outlook(result)
      #expect(outlook.promised == 0 || policy == .conservative)
      if replay.interval == 1 { #expect(outlook.promisesKept == outlook.promised, "seed \(seed)") }
      #expect((0...1_000_000).contains(outlook.fragmentationMillionths), "seed \(seed)")
      #expect(watch.faults.isEmpty, "seed \(seed), \(policy): \(watch.faults)")
      #expect(try replay.run() == result, "seed \(seed), \(policy)")
      for (job, start) in zip(workload.jobs, result.starts) where start >= 0 {
        #expect(start >= job.submit, "seed \(seed), \(policy)")
      }
      // Nobody who could ever start is forgotten.
      let waiting = Set(watch.waiting)
      #expect(waiting.isEmpty, "seed \(seed), \(policy): \(waiting)")
    }
  }

  @Test("a machine of nothing, and one of too many nodes, is an error")
  func impossible() {
    #expect(throws: ReplayError.emptyMachine) { try starts([], on: []) }
    #expect(throws: ReplayError.tooManyNodes(most: 100_000)) {
      try starts([], on: [group(100_001, 1)])
    }
  }
}

/// What every round of a replay must keep.
private struct RoundWatch {
  private(set) var faults: [String] = []
  /// After the last round.
  private(set) var waiting: [TaskID] = []
  private var promised: [TaskID: Instant] = [:]
  private let keepsPromises: Bool

  init(keepsPromises: Bool) { self.keepsPromises = keepsPromises }

  mutating func look(_ round: ReplayRound) {
    let (problem, plan) = (round.problem, round.plan)
    let now = problem.now
    if plan.decisions.map(\.task) != problem.queue.map(\.task) { faults.append("not each once") }
    var placed = problem.occupations.map { ($0.placement, now, max($0.until, now + Seconds(1))) }
    let candidates = Dictionary(uniqueKeysWithValues: problem.queue.map { ($0.task, $0) })
    var started: Set<TaskID> = []
    for decision in plan.decisions {
      guard case .start(let placement, _, _, let limit) = decision.outcome else { continue }
      started.insert(decision.task)
      placed.append((placement, now, now + limit))
      let request = candidates[decision.task]?.request
      if placement.nodes.count != request?.nodeCount || placement.perNode != request?.perNode {
        faults.append("\(decision.task) got something else")
      }
    }
    placed += plan.reservations.map { ($0.placement, $0.start, $0.end) }
    check(placed, problem)
    for slot in plan.reservations {
      if let before = promised[slot.task], slot.start > before {
        faults.append("\(slot.task) was moved from \(before) to \(slot.start)")
      }
    }
    let kept = Dictionary(uniqueKeysWithValues: plan.reservations.map { ($0.task, $0.start) })
    for task in promised.keys where kept[task] == nil && !started.contains(task) {
      faults.append("\(task) lost its promise")
    }
    // Under other policies a slot is no promise.
    promised = keepsPromises ? kept : [:]
    waiting = plan.decisions.map(\.task).filter { !started.contains($0) }
  }

  /// No node gives more than it has at any moment at which something begins on it.
  private mutating func check(
    _ placed: [(placement: Placement, begin: Instant, end: Instant)], _ problem: PlanningProblem
  ) {
    let capacities = Dictionary(
      uniqueKeysWithValues: problem.nodes.map { ($0.node.name, $0.node.capacity) })
    for instant in Set(placed.map(\.begin)) {
      var used: [NodeName: NodeResources] = [:]
      for one in placed where one.begin <= instant && instant < one.end {
        if Set(one.placement.nodes).count != one.placement.nodes.count {
          faults.append("a node twice")
        }
        for node in one.placement.nodes {
          used[node] = (used[node] ?? .none) + one.placement.perNode
        }
      }
      for (node, amount) in used {
        guard let capacity = capacities[node], amount.fits(in: capacity) else {
          faults.append("\(node) gives \(amount) at \(instant)")
          continue
        }
      }
    }
  }
}

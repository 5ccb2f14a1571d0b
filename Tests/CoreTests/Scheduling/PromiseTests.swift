import Domain
import Scheduling
import Testing

/// What conservative backfill promises, over whole replays of random jobs that end early or at
/// their limit.
@Suite("promises")
struct PromiseTests {
  @Test(
    "an expected start never moves later while nothing fails",
    arguments: 1...20 as ClosedRange<UInt64>)
  func neverLater(seed: UInt64) throws {
    for upkeep in [ConservativePlanner.Upkeep.improve, .keep] {
      var replay = try RandomJobs.replay(seed: seed)
      replay.audits = seed <= 6
      replay.replay(ConservativePlanner(upkeep: upkeep))
      #expect(replay.delayed.isEmpty, "seed \(seed), \(upkeep)")
      #expect(replay.faults.isEmpty, "seed \(seed), \(upkeep): \(replay.faults.prefix(3))")
    }
  }

  @Test("every job that its budget can carry starts", arguments: 1...20 as ClosedRange<UInt64>)
  func noStarvation(seed: UInt64) throws {
    for policy in PlanningPolicy.allCases {
      var replay = try RandomJobs.replay(seed: seed)
      replay.budgets = replay.budgets.mapValues { _ in .hours(1_000_000) }
      replay.replay(policy.planner)
      #expect(replay.starts.count == replay.jobs.count, "seed \(seed), \(policy)")
    }
  }

  @Test("a promise on a node that went down is dropped, and the task gets another slot")
  func nodeDown() throws {
    let first = try problem(down: [])
    let before = ConservativePlanner().plan(first)
    let promise = try #require(before.reservations.first)
    #expect(promise.start == Instant(seconds: 1100))
    let node = try #require(promise.placement.nodes.first)
    let second = try problem(down: [node], promises: before.reservations)
    let after = try #require(ConservativePlanner().plan(second).reservations.first)
    #expect(after.placement.nodes != promise.placement.nodes)
    #expect(after.start == Instant(seconds: 1200))
  }

  @Test("a promise is kept against a task that is put ahead of it in the queue")
  func priorities() throws {
    let first = try problem(down: [])
    let promises = ConservativePlanner().plan(first).reservations
    let urgent = try candidate(8, nodeCount: 2, limit: 500)
    let second = PlanningProblem(
      now: first.now, nodes: first.nodes, partitions: first.partitions,
      occupations: first.occupations, queue: [urgent] + first.queue, budgets: first.budgets,
      promises: promises)
    let kept = ConservativePlanner().plan(second)
    #expect(kept.reservations.first { $0.task == promises.first?.task } == promises.first)
    let afresh = PlanningProblem(
      now: second.now, nodes: second.nodes, partitions: second.partitions,
      occupations: second.occupations, queue: second.queue, budgets: second.budgets)
    let plan = ConservativePlanner().plan(afresh)
    #expect(plan.reservations.first?.task == urgent.task)
  }

  @Test("a promise across which nodes are set aside is given anew, after the reservation")
  func setAside() throws {
    var later = try problem(down: [])
    later.promises = ConservativePlanner().plan(later).reservations
    let promise = try #require(later.promises.first)
    let end = promise.end + Seconds(1)
    later.reserved = later.nodes.compactMap {
      Reservation(
        name: "m1", nodes: [$0.node.name], from: promise.end - Seconds(1), until: end,
        isMaintenance: true)
    }
    let plan = ConservativePlanner().plan(later)
    #expect(plan.reservations.first?.start == end)
    guard case .wait(.resources, end) = plan.decisions[0].outcome else {
      Issue.record("\(plan.decisions[0])")
      return
    }
  }

  /// Two nodes, occupied until 1100 and 1200, and one task that waits for a whole one.
  private func problem(
    down: [NodeName], promises: [PlannedReservation] = []
  ) throws -> PlanningProblem {
    let names = try ["gn01", "gn02"].map { try #require(NodeName($0)) }
    let whole = NodeResources(gpus: 4, cpus: 80, memoryMiB: 1024)
    let nodes = names.map { Node(name: $0, gpuType: "h100", capacity: whole) }
    let occupations = names.enumerated().map { offset, name in
      Occupation(
        run: RunID(task: TaskID(job: JobID(number: Int64(offset + 1)), index: nil), attempt: 1),
        placement: Placement(nodes: [name], perNode: whole),
        until: Instant(seconds: Int64(1100 + 100 * offset)))
    }
    return PlanningProblem(
      now: Instant(seconds: 1000),
      nodes: nodes.map {
        NodeCondition(node: $0, state: down.contains($0.name) ? .unavailable("DOWN") : .up)
      },
      partitions: [
        Partition(
          name: try #require(PartitionName("gpu")), nodes: names, wholeNodes: false,
          defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
          defaultsPerGPU: NodeResources(gpus: 1, cpus: 20, memoryMiB: 256),
          rateCards: [
            RateCard(
              version: 1, inForceFrom: Instant(milliseconds: 0),
              rates: Rates(perGPU: 1000, perCPU: 0, perGiB: 0))
          ])
      ],
      occupations: occupations, queue: [try candidate(9, nodeCount: 1, limit: 50)],
      budgets: [try #require(AllocationID("acme")): .hours(100)], promises: promises)
  }

  private func candidate(_ number: Int64, nodeCount: Int, limit: Int64) throws -> Candidate {
    Candidate(
      task: TaskID(job: JobID(number: number), index: nil),
      request: JobRequest(
        name: "job", member: Ids.member, project: Ids.project, allocation: nil,
        partition: try #require(PartitionName("gpu")), nodeCount: nodeCount,
        perNode: NodeResources(gpus: 4, cpus: 4, memoryMiB: 16), gpuType: nil,
        timeLimit: Seconds(limit)),
      options: [
        AllocationOption(
          allocation: try #require(AllocationID("acme")), windowEnd: Instant(seconds: 100_000))
      ],
      grace: .zero, eligibility: .eligible)
  }
}

/// Jobs on three nodes of four GPUs, more than they can run at once, with budgets that are short.
private enum RandomJobs {
  static func replay(seed: UInt64) throws -> ScheduleReplay {
    var random = SplitMix64(seed: seed)
    var replay = ScheduleReplay()
    let names = try ["gn01", "gn02", "gn03"].map { try #require(NodeName($0)) }
    let allocations = try ["acme", "brek"].map { try #require(AllocationID($0)) }
    replay.nodes = names.map {
      Node(
        name: $0, gpuType: "h100", capacity: NodeResources(gpus: 4, cpus: 8, memoryMiB: 64))
    }
    replay.partitions = try ["shared", "whole"].map {
      Partition(
        name: try #require(PartitionName($0)), nodes: names, wholeNodes: $0 == "whole",
        defaultTimeLimit: .hours(1), maximumTimeLimit: .hours(24),
        defaultsPerGPU: NodeResources(gpus: 1, cpus: 2, memoryMiB: 16),
        rateCards: [
          RateCard(
            version: 1, inForceFrom: Instant(milliseconds: 0),
            rates: Rates(perGPU: 1000, perCPU: 500, perGiB: 0))
        ])
    }
    for allocation in allocations {
      replay.budgets[allocation] = GPUTime(milliseconds: Int64(random.pick(1...8)) * 1_000_000)
    }
    var submit: Int64 = 0
    for number in 1...50 {
      submit += Int64(random.pick(0...20))
      let limit = Int64(random.pick(1...20)) * 10
      let request = JobRequest(
        name: "job", member: Ids.member, project: Ids.project, allocation: nil,
        partition: replay.partitions[random.oneIn(6) ? 1 : 0].name, nodeCount: random.pick(1...3),
        perNode: NodeResources(
          gpus: random.pick(0...4), cpus: random.pick(1...8), memoryMiB: random.pick(1...40)),
        gpuType: nil, timeLimit: Seconds(limit))
      replay.jobs.append(
        ScheduleReplay.Job(
          name: "\(number)", task: TaskID(job: JobID(number: Int64(number)), index: nil),
          submit: submit, run: random.oneIn(3) ? limit : Int64(random.pick(1...Int(limit))),
          request: request,
          options: allocations.shuffled(using: &random).map {
            AllocationOption(allocation: $0, windowEnd: Instant(seconds: 100_000))
          }))
    }
    return replay
  }
}

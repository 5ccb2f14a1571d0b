import Domain
import Scheduling
import Testing

/// What holds for the plans of any problem.
@Suite("planners")
struct PlannerPropertyTests {
  @Test(
    "no node is over-committed, no budget exceeded, no window crossed, no rule of a place broken",
    arguments: PlanningPolicy.allCases, 1...150 as ClosedRange<UInt64>)
  func sound(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let faults = PlanAudit(problem, policy.planner.plan(problem)).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
  }

  @Test(
    "who names a reservation lies on its nodes in its time, and nobody else does",
    arguments: PlanningPolicy.allCases, 1...150 as ClosedRange<UInt64>)
  func reserved(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.reservedProblem()
    problem.exactTasks = source.random.pick(0...6)
    let faults = PlanAudit(problem, policy.planner.plan(problem)).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
  }

  @Test(
    "equal problems give equal plans, in whatever order nodes, partitions and runs are listed",
    arguments: PlanningPolicy.allCases, 1...30 as ClosedRange<UInt64>)
  func deterministic(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let other = PlanningProblem(
      now: problem.now, nodes: problem.nodes.shuffled(using: &source.random),
      partitions: problem.partitions.reversed(),
      occupations: problem.occupations.shuffled(using: &source.random),
      reserved: problem.reserved.reversed(), queue: problem.queue, budgets: problem.budgets)
    #expect(policy.planner.plan(problem) == policy.planner.plan(other), "seed \(seed)")
  }

  @Test(
    "under FCFS and conservative backfill a task at the tail changes nothing ahead of it",
    arguments: [PlanningPolicy.fcfs, .conservative], 1...60 as ClosedRange<UInt64>)
  func tail(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let full = policy.planner.plan(problem)
    for count in 0...problem.queue.count {
      let plan = policy.planner.plan(problem.keeping(count))
      #expect(
        plan.decisions == Array(full.decisions.prefix(count)), "seed \(seed), first \(count)")
    }
  }

  @Test(
    "under conservative backfill nobody could start earlier without delaying somebody ahead",
    arguments: 1...150 as ClosedRange<UInt64>)
  func earliest(seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let audit = PlanAudit(problem, ConservativePlanner().plan(problem))
    for candidate in problem.queue {
      #expect(!audit.couldStartEarlier(candidate.task), "seed \(seed): \(candidate.task)")
    }
  }

  @Test(
    "nobody waits for a slot whom a shorter limit, no less than he takes, would start now",
    arguments: PlanningPolicy.allCases, 1...150 as ClosedRange<UInt64>)
  func shortened(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let audit = PlanAudit(problem, policy.planner.plan(problem))
    for candidate in problem.queue
    where policy != .fcfs && audit.couldStartShortened(candidate.task) {
      Issue.record("seed \(seed): \(candidate.task)")
    }
  }

  @Test(
    "nobody waits for money or for time whom a shorter limit, no less than he takes, would start now",
    arguments: PlanningPolicy.allCases, 1...300 as ClosedRange<UInt64>)
  func paid(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let audit = PlanAudit(problem, policy.planner.plan(problem))
    // Under FCFS nothing starts before what is ahead.
    for candidate in problem.queue where policy != .fcfs && audit.couldStartPaid(candidate.task) {
      Issue.record("seed \(seed): \(candidate.task)")
    }
  }

  @Test(
    "under FCFS nobody starts before somebody ahead who has a slot",
    arguments: 1...60 as ClosedRange<UInt64>)
  func ordered(seed: UInt64) {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let begins = PlanAudit(problem, FCFSPlanner().plan(problem)).tenants
      .filter { $0.payment != nil }.map(\.begin)
    #expect(begins == begins.sorted(), "seed \(seed)")
  }

  @Test(
    "under EASY only the head has a slot, and what starts behind it leaves the slot alone",
    arguments: 1...60 as ClosedRange<UInt64>)
  func head(seed: UInt64) throws {
    var source = RandomProblem(seed: seed)
    let problem = source.problem()
    let plan = EASYPlanner().plan(problem)
    #expect(plan.reservations.count <= 1, "seed \(seed)")
    guard let head = plan.reservations.first else { return }
    let position = try #require(problem.queue.firstIndex { $0.task == head.task })
    let alone = EASYPlanner().plan(problem.keeping(position + 1))
    #expect(alone.reservations == [head], "seed \(seed)")
    #expect(alone.decisions == Array(plan.decisions.prefix(position + 1)), "seed \(seed)")
  }

  @Test("the random problems have limits that were made shorter in them")
  func shortenedVariety() {
    var shortened = 0
    for seed in 1...300 as ClosedRange<UInt64> {
      var source = RandomProblem(seed: seed)
      let problem = source.problem()
      for (candidate, decision) in zip(
        problem.queue, ConservativePlanner().plan(problem).decisions)
      {
        if case .start(_, _, _, let limit) = decision.outcome, limit < candidate.request.timeLimit {
          shortened += 1
        }
      }
    }
    #expect(shortened >= 10, "\(shortened)")
  }

  @Test("the random problems have everything in them that the planners tell apart")
  func variety() {
    var kinds: [String: Int] = [:]
    for seed in 1...250 as ClosedRange<UInt64> {
      var source = RandomProblem(seed: seed)
      for decision in ConservativePlanner().plan(source.problem()).decisions {
        switch decision.outcome {
        case .start: kinds["start", default: 0] += 1
        case .wait(let reason, _): kinds[reason.kind, default: 0] += 1
        }
      }
    }
    let all = [
      "start", "deadline", "notBefore", "throttle", "impossible", "window", "budget", "nodes",
      "resources", "reserved", "priority",
    ]
    for kind in all { #expect(kinds[kind, default: 0] >= 10, "\(kind) in \(kinds)") }
  }
}

extension PlanningProblem {
  /// The same problem with the first tasks of the queue only.
  fileprivate func keeping(_ count: Int) -> PlanningProblem {
    PlanningProblem(
      now: now, nodes: nodes, partitions: partitions, occupations: occupations,
      reserved: reserved, queue: Array(queue.prefix(count)), budgets: budgets)
  }
}

extension WaitReason {
  /// The case without its numbers.
  var kind: String {
    switch self {
    case .dependency: "dependency"
    case .delay: "delay"
    case .notBefore: "notBefore"
    case .partition: "partition"
    case .paused: "paused"
    case .singleton: "singleton"
    case .throttle: "throttle"
    case .deadline: "deadline"
    case .impossible: "impossible"
    case .noAllocation: "noAllocation"
    case .suspended: "suspended"
    case .window: "window"
    case .budget: "budget"
    case .cap: "cap"
    case .limit: "limit"
    case .nodesUnavailable: "nodes"
    case .reservationGone: "reservationGone"
    case .reservationAhead: "reservationAhead"
    case .reservationEnds: "reservationEnds"
    case .reserved: "reserved"
    case .switches: "switches"
    case .resources: "resources"
    case .priority: "priority"
    }
  }
}

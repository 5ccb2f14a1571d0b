// Why: who can't start, whatever is free, must not keep those behind him from a machine that idles.
import Domain
import Testing

@testable import Scheduling

@Suite("turns on exact nodes") struct TurnTests {
  private let town: Alike
  private let broke: AllocationID

  init() throws {
    town = try Alike(nodes: 4, memories: [4096, 4095, 4094, 4093])
    broke = try #require(AllocationID("broke"))
  }

  private func unpaid(_ candidate: Candidate) -> Candidate {
    Candidate(
      task: candidate.task, request: candidate.request,
      options: [AllocationOption(allocation: broke, windowEnd: town.now + .hours(100_000))],
      grace: candidate.grace, eligibility: candidate.eligibility)
  }

  @Test(
    "whom nothing pays for takes nobody's exact nodes, whoever plans",
    arguments: PlanningPolicy.allCases)
  func unpaid(policy: PlanningPolicy) {
    let queue =
      (0..<200).map { unpaid(town.candidate(1, 3600, gpus: 3, number: 100 + $0)) }
      + [town.candidate(1, 600, gpus: 3, number: 1), town.candidate(4, 3600, gpus: 3, number: 2)]
    let plan = policy.planner.plan(
      town.problem(queue, exactTasks: 2, occupied: [(0, 4, 7200)], budgets: [broke: .hours(1)]))
    #expect(plan.starts == [queue[200].task])
    #expect(plan.reservations.map(\.task) == [queue[201].task])
    #expect(plan.reservations.first?.start == town.now + Seconds(7200))
  }

  @Test("who meets a limit that is never free takes one place in two, and no more")
  func limited() throws {
    let limit = try #require(LimitID("none"))
    let counter = LimitCounter(limit)
    let queue = (0..<6).map { number -> Candidate in
      let candidate = town.candidate(number < 4 ? 1 : 4, 3600, gpus: 3, number: Int64(number + 1))
      guard number < 3 else { return candidate }
      return Candidate(
        task: candidate.task, request: candidate.request,
        options: candidate.options.map {
          AllocationOption(
            allocation: $0.allocation, windowEnd: $0.windowEnd, limits: [counter])
        }, grace: candidate.grace, eligibility: candidate.eligibility)
    }
    let plan = ConservativePlanner().plan(
      town.problem(
        queue, exactTasks: 3, limits: [limit: LimitRoom(scope: nil, most: [.gpus: 0])]))
    #expect(plan.starts == [queue[3].task])
    #expect(plan.reservations.map(\.task) == queue[4...].map(\.task))
  }

  @Test("nor does it take the turns of those that only exact nodes can hold")
  func strays() {
    // No pool alone has two nodes.
    let wide = (0..<CountedPass.mostStrays + 9).map {
      unpaid(town.candidate(2, 3600, gpus: 3, number: 100 + Int64($0)))
    }
    let last = town.candidate(2, 3600, gpus: 3, number: 1)
    let plan = ConservativePlanner().plan(
      town.problem(wide + [last], exactTasks: 0, budgets: [broke: .zero]))
    #expect(plan.starts == [last.task])
  }

  @Test("who has no turn in a plan is told of those that had, and never of itself")
  func withoutTurn() {
    let wide = (0..<CountedPass.mostStrays + 2).map {
      town.candidate(2, 3600 * Int64($0 + 1), gpus: 3, number: 100 + Int64($0))
    }
    let plan = ConservativePlanner().plan(
      town.problem(wide, exactTasks: 0, occupied: [(0, 1, 60), (1, 1, 60), (2, 1, 60)]))
    for decision in plan.decisions.suffix(2) {
      switch decision.outcome {
      case .wait(.priority(let ahead, let count), nil):
        #expect(ahead != decision.task && count >= 1)
      case .wait(.resources(let short), nil): #expect(short.jobsAhead >= 1)
      default: Issue.record("\(decision)")
      }
    }
  }

  @Test(
    "nobody waits for itself, and who lacks CPUs is told so on counts as on exact nodes",
    arguments: 1...300 as ClosedRange<UInt64>)
  func reasons(seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.problem()
    problem.exactTasks = source.random.pick(0...2)
    for policy in PlanningPolicy.allCases {
      for decision in policy.planner.plan(problem).decisions {
        if case .wait(.priority(let ahead, _), _) = decision.outcome {
          #expect(
            ahead != decision.task,
            "\(policy), seed \(seed): \(problem.exactTasks) exact, \(problem.reserved)")
        }
      }
    }
  }

  @Test("behind somebody who has a slot, what binds is still told: CPUs where they run out")
  func binding() throws {
    let town = try Alike(nodes: 2)
    func asking(_ gpus: Int, _ cpus: Int, _ number: Int64) -> Candidate {
      let candidate = town.candidate(1, 3600, number: number)
      return candidate.asking(
        for: candidate.request.changed(
          perNode: NodeResources(gpus: gpus, cpus: cpus, memoryMiB: 1)))
    }
    // All CPUs of both nodes are taken, and one GPU of each.
    let hogs = [asking(1, 64, 1), asking(1, 64, 2)]
    let queue = hogs + [asking(0, 8, 3), asking(2, 8, 4)]
    let plan = ConservativePlanner().plan(town.problem(queue, exactTasks: 0))
    #expect(plan.starts == hogs.map(\.task))
    for decision in plan.decisions.suffix(2) {
      guard case .wait(.resources(let short), _) = decision.outcome else {
        Issue.record("\(decision)")
        continue
      }
      #expect(short.resource == .cpus && short.wantedPerNode == 8 && short.freeNodes == 0)
    }
  }
}

import Domain
import Scheduling
import Testing

/// Tasks that list several partitions.
@Suite("partition lists")
struct PartitionListTests {
  @Test(
    "a task that lists partitions lies in one of them, by its rates and its rules",
    arguments: PlanningPolicy.allCases, 1...120 as ClosedRange<UInt64>)
  func sound(policy: PlanningPolicy, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.listedProblem()
    if seed.isMultiple(of: 2) { problem.exactTasks = source.random.pick(0...6) }
    let plan = policy.planner.plan(problem)
    let faults = PlanAudit(problem, plan).faults()
    #expect(faults.isEmpty, "\(policy), seed \(seed): \(faults)")
    problem.promises = plan.reservations
    let again = PlanAudit(problem, policy.planner.plan(problem)).faults()
    #expect(again.isEmpty, "\(policy), seed \(seed), again: \(again)")
  }

  @Test(
    "it starts when it starts earliest in one of them alone; of equal ones the first that is listed",
    arguments: [Int.max, 0], 1...120 as ClosedRange<UInt64>)
  func earliest(exactTasks: Int, seed: UInt64) {
    var source = RandomProblem(seed: seed)
    var problem = source.listedProblem()
    problem.exactTasks = exactTasks
    guard let last = problem.queue.last else { return }
    let names = problem.partitions.map(\.name).shuffled(using: &source.random)
    let probes =
      [last.asking(for: last.request.listing(names))]
      + names.map { last.asking(for: last.request.listing([$0])) }
    let answers = ConservativePlanner().plan(problem, probes: probes).answers
    let starts = answers.map { $0.start(problem.now) }
    let first = starts.dropFirst().compactMap(\.self).min()
    #expect(starts[0] == first, "seed \(seed): \(starts)")
    guard case .start(let placement, _, _, _) = answers[0] else { return }
    let chosen = zip(names, starts.dropFirst()).first { $0.1 == problem.now }?.0
    #expect(placement.partition == chosen, "seed \(seed)")
  }
}

extension PlannedTask.Outcome {
  fileprivate func start(_ now: Instant) -> Instant? {
    switch self {
    case .start: now
    case .wait(_, let expected): expected
    }
  }
}
